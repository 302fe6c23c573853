import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A broker with the JDK's own client: tokens, key, payout. Run by: kucoin-simulator exec -- java Payout.java */
public class Payout {
    static final String WWW = "https://www.kucoin.com";
    static final String API = "https://api.kucoin.com";
    static final String KEY = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add";
    static final String WITHDRAWAL = "/api/v2/broker/withdrawal";
    static final HttpClient HTTP = HttpClient.newHttpClient();

    static String send(HttpRequest.Builder request) throws Exception {
        var response = HTTP.send(request.header("Content-Type", "application/json").build(), BodyHandlers.ofString());
        if (response.statusCode() >= 400) throw new AssertionError(response.statusCode() + " " + response.body());
        return response.body();
    }

    static HttpRequest.Builder post(String url, String body) {
        return HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
    }

    /** The text of a field. The JSON here is flat enough. */
    static String field(String name, String json) {
        var match = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!match.find()) throw new AssertionError("no " + name + " in " + json);
        return match.group(1);
    }

    static String hmac(String secret, String text) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The answer to a signed call. */
    static String signed(String key, String method, String target, String body) throws Exception {
        var now = String.valueOf(System.currentTimeMillis());
        var secret = field("secret", key);
        var publisher = body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return send(HttpRequest.newBuilder(URI.create(API + target)).method(method, publisher)
            .header("KC-API-KEY", field("apiKey", key))
            .header("KC-API-SIGN", hmac(secret, now + method + target + body))
            .header("KC-API-TIMESTAMP", now)
            .header("KC-API-PASSPHRASE", hmac(secret, field("passphrase", key)))
            .header("KC-API-KEY-VERSION", "3"));
    }

    public static void main(String[] arguments) throws Exception {
        var redirect = "http://localhost:3000/callback";
        // what the user's browser would bring back after login and consent
        var consent = "{\"user\":\"frank\",\"client_id\":\"demo-broker\",\"redirect_uri\":\"" + redirect
            + "\",\"state\":\"7\",\"grant\":[\"API_COMMON\",\"API_WITHDRAW_OAUTH\"]}";
        var code = field("code", send(post(System.getenv("KUCOIN_SIMULATOR_URL") + "/_sim/v1/authorizations", consent)));

        var query = "grant_type=authorization_code&code=" + code + "&redirect_uri=" + redirect + "&client_id=demo-broker";
        var tokens = send(HttpRequest.newBuilder(URI.create(WWW + "/_oauth/access-token?" + query)));
        var groups = "{\"authGroupMap\":{\"API_COMMON\":true,\"API_WITHDRAW_OAUTH\":true}}";
        var key = send(post(WWW + KEY, groups).header("Authorization", "bearer " + field("access_token", tokens)));

        var payment = "{\"currency\":\"USDT\",\"chain\":\"trx\",\"withdrawType\":\"ADDRESS\",\"amount\":\"100\","
            + "\"address\":\"TSomebodyTSomebodyTSomebodyTSomebo\"}";
        var paid = field("withdrawalId", signed(key, "POST", WITHDRAWAL, payment));
        var history = signed(key, "GET", "/api/v1/withdrawals?pageSize=10&currentPage=1&currency=USDT", "");
        if (!field("id", history).equals(paid)) throw new AssertionError(history);
        System.out.println("paid " + paid);
    }
}
