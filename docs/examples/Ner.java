// The entities of a text. Runs as it stands: java Ner.java (Java 17 or later)
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.io.PrintStream;
import java.util.regex.Pattern;

public class Ner {
  /** An entity in the answer. In a program of yours, let its JSON library read it. */
  private static final Pattern ENTITY = Pattern.compile(
      "\"start\":(\\d+),\"end\":(\\d+),\"text\":\"(?:[^\"\\\\]|\\\\.)*\",\"label\":\"([^\"]+)\"");

  public static void main(String[] args) throws Exception {
    String service = System.getenv().getOrDefault("NER_URL", "http://localhost:8080");
    String text = "Ms. Okafor \uD83D\uDE42 denies chest pain. Takes aspirin 81 mg p.o. daily.";
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    HttpRequest request = HttpRequest.newBuilder(URI.create(service + "/ner"))
        .header("content-type", "application/json")
        .timeout(Duration.ofSeconds(60))
        .POST(BodyPublishers.ofString("{\"text\":" + quote(text) + ",\"options\":{\"minConfidence\":0.5}}"))
        .build();
    var response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) throw new IllegalStateException(response.body());

    // Offsets count UTF-16 code units, as String does.
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var entities = ENTITY.matcher(response.body());
    while (entities.find()) {
      int start = Integer.parseInt(entities.group(1));
      int end = Integer.parseInt(entities.group(2));
      out.println(start + " " + end + " " + entities.group(3) + " " + text.substring(start, end));
    }
  }

  /** A JSON string. */
  private static String quote(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char unit : text.toCharArray()) {
      if (unit == '"' || unit == '\\') json.append('\\').append(unit);
      else if (unit < 0x20) json.append(String.format("\\u%04x", (int) unit));
      else json.append(unit);
    }
    return json.append('"').toString();
  }
}
