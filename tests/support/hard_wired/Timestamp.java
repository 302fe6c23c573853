import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** The JDK's HttpClient with hard-wired hosts: calls KuCoin and prints `here`. */
public class Timestamp {
    static final String TIME = "https://api.kucoin.com/api/v1/timestamp";
    static final String TOKEN =
        "https://www.kucoin.com/_oauth/access-token?grant_type=authorization_code&code=0&client_id=0";

    public static void main(String[] arguments) throws Exception {
        for (var url : new String[] {TIME, TOKEN}) {
            var answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
            if (answer.headers().firstValue("X-Sim-Entry").isEmpty()) throw new AssertionError(answer.toString());
        }
        System.out.println("here");
    }
}
