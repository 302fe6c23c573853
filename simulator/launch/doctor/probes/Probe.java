import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The probe for Java 11 and newer. It connects to addresses of this machine and those it is given alone. */
public class Probe {
    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char letter : String.valueOf(text).toCharArray()) {
            if (letter == '"' || letter == '\\' || letter < ' ' || letter > '~') json.append(String.format("\\u%04x", (int) letter));
            else json.append(letter);
        }
        return json.append('"').toString();
    }

    static boolean inside(String host, List<String> allowed) {
        return host.equals("localhost") || host.matches("127\\.\\d+\\.\\d+\\.\\d+") || host.equals("0:0:0:0:0:0:0:1") || allowed.contains(host);
    }

    public static void main(String[] arguments) throws Exception {
        String host = arguments[0];
        List<String> allowed = Arrays.asList(arguments).subList(1, arguments.length);
        StringBuilder seen = new StringBuilder("{\"now\": " + System.currentTimeMillis());
        seen.append(", \"version\": [").append(Runtime.version().feature()).append(", 0]");
        String proxy = System.getProperty("https.proxyHost");
        boolean call;
        if (proxy != null) {
            call = inside(proxy, allowed);
        } else {
            call = true;
            StringBuilder addresses = new StringBuilder();
            try {
                for (InetAddress address : InetAddress.getAllByName(host)) {
                    addresses.append(addresses.length() == 0 ? "" : ", ").append(quoted(address.getHostAddress()));
                    call &= inside(address.getHostAddress(), allowed);
                }
            } catch (java.net.UnknownHostException error) {
                seen.append(", \"resolve_error\": ").append(quoted(error.toString()));
                call = false;
            }
            seen.append(", \"addresses\": [").append(addresses).append("]");
        }
        if (call) {
            try {
                HttpResponse<String> answer = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build().send(
                    HttpRequest.newBuilder(URI.create("https://" + host + "/api/v1/timestamp")).timeout(Duration.ofSeconds(5)).build(),
                    HttpResponse.BodyHandlers.ofString());
                X509Certificate leaf = (X509Certificate) answer.sslSession().get().getPeerCertificates()[0];
                String body = answer.body();
                seen.append(", \"issuer\": ").append(quoted(leaf.getIssuerX500Principal().getName()));
                seen.append(", \"answer\": {\"status\": ").append(answer.statusCode());
                seen.append(", \"body\": ").append(quoted(body.substring(0, Math.min(200, body.length())))).append("}");
            } catch (javax.net.ssl.SSLException error) {
                seen.append(", \"tls_error\": ").append(quoted(error.toString()));
            } catch (java.io.IOException error) {
                seen.append(", \"connect_error\": ").append(quoted(error.toString()));
            }
        }
        System.out.println(seen.append("}"));
    }
}
