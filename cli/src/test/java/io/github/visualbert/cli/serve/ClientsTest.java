package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.serve.ClientProgram.Printed;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** People's client libraries, each in a process of its own, against the service. */
class ClientsTest {
  private static final String QUESTION = "what is the colour of the ring?";
  private static final String TOKEN = "a-token-of-nineteen";
  private static final String PICTURE = ServiceFixture.PICTURE.toString();
  private static final int MAX_BODY = 1 << 20;

  /** [CLS], eight words and marks, [SEP], and the nine regions of the picture. */
  private static final String TOKENS = "19 1 20";

  @TempDir private static Path folder;

  private static ServiceFixture service;
  private static JsonArray expected;

  @BeforeAll
  static void start() throws IOException {
    Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN + "\n");
    Path separators = folder.resolve("separators");
    Cli.copy(ServiceFixture.DEMO.resolve("vqa"), separators);
    String config = Files.readString(separators.resolve("config.json"));
    Files.writeString( // every label begins with a line separator
        separators.resolve("config.json"), config.replaceAll("(\"\\d+\": \")", "$1\\\\u2028"));
    service =
        ServiceFixture.start(
            ServiceFixture.settings(
                1, MAX_BODY, tokens, "vqa-regions", "vqa", separators.toString()));
    List<String> run =
        List.of("run", "--task", "vqa", "--format", "json", "--image", PICTURE, "--question");
    List<Object> words = new ArrayList<>(run);
    words.addAll(List.of(QUESTION, "--model", ServiceFixture.DEMO.resolve("vqa-regions")));
    expected =
        Json.parseObject(Cli.run(words.toArray()).answer().getBytes(StandardCharsets.UTF_8))
            .getArray("answers");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static Printed ask(ClientProgram client, String token, String picture, String options) {
    List<String> words = new ArrayList<>(List.of(service.url(), picture));
    if (client != ClientProgram.OPEN_INFERENCE) {
      words.add(QUESTION);
    }
    if (!options.isEmpty()) {
      words.addAll(List.of(options.split(" ")));
    }
    return client.run(token, words.toArray(String[]::new));
  }

  private static String label() {
    return expected.getObject(0).getString("label");
  }

  private static List<String> scores(int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(
          "%s\t%.4f"
              .formatted(
                  expected.getObject(i).getString("label"),
                  expected.getObject(i).getDouble("score")));
    }
    return lines;
  }

  private static void check(Printed printed, List<String> lines) {
    assertThat(printed.lines()).as(printed.errors()).isEqualTo(lines);
    assertThat(printed.status()).as(printed.errors()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "LANGCHAIN4J, ''",
    "LANGCHAIN4J, --stream",
    "OPENAI, --usage --logprobs",
    "OPENAI, --usage --logprobs --stream",
    "HUGGING_FACE_JS, ''",
    "HUGGING_FACE_JS, --model vqa-regions",
    "HUGGING_FACE_JS, --chat",
    "HUGGING_FACE_JS, --stream",
    "HUGGING_FACE, --top-k 3",
    "HUGGING_FACE, --top-k 3 --model vqa-regions",
    "HUGGING_FACE, --chat",
    "HUGGING_FACE, --stream"
  })
  void getTheAnswersOfRun(ClientProgram client, String options) {
    List<String> lines = new ArrayList<>(List.of(label()));
    boolean chats = options.contains("--chat") || options.contains("--stream");
    switch (client) {
      case LANGCHAIN4J -> lines.add("STOP " + TOKENS);
      case OPENAI -> {
        lines.add(TOKENS);
        lines.addAll(scores(5));
      }
      case HUGGING_FACE_JS -> lines = chats ? lines : scores(1);
      default -> lines = chats ? lines : scores(3);
    }
    check(ask(client, TOKEN, PICTURE, options), lines);
  }

  @Test
  void getTheNamesOfTheModels() {
    List<String> names = List.of("vqa-regions", "vqa", "separators");
    List<String> lines = new ArrayList<>(names);
    lines.addAll(List.of(label(), "STOP " + TOKENS));
    check(ask(ClientProgram.LANGCHAIN4J, TOKEN, PICTURE, "--models"), lines);
    check(
        ask(ClientProgram.OPENAI, TOKEN, PICTURE, "--models"),
        List.of(String.join(" ", names), label()));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OPEN_INFERENCE")
  void readALineSeparatorInAStream(ClientProgram client) {
    Printed printed = ask(client, TOKEN, PICTURE, "--model separators --stream");
    assertThat(printed.out()).as(printed.errors()).startsWith("\u2028");
    assertThat(printed.status()).isZero();
  }

  @Test
  void getTheRegionsOfDetect() {
    Printed json = ask(ClientProgram.OPEN_INFERENCE, TOKEN, PICTURE, "");
    assertThat(json.lines()).as(json.errors()).hasSize(8);
    check(ask(ClientProgram.OPEN_INFERENCE, TOKEN, PICTURE, "--binary"), json.lines());
    String some = "--outputs boxes,features";
    Printed two = ask(ClientProgram.OPEN_INFERENCE, TOKEN, PICTURE, some + " --binary");
    check(ask(ClientProgram.OPEN_INFERENCE, TOKEN, PICTURE, some), two.lines());
    Path detector = ServiceFixture.DEMO.resolve("detector");
    try (RegionDetector open = RegionDetector.open(detector)) {
      Detection found = open.detect(ServiceFixture.PICTURE);
      List<Float> boxes = new ArrayList<>();
      found
          .regions()
          .forEach(
              region -> boxes.addAll(List.of(region.x1(), region.y1(), region.x2(), region.y2())));
      List<Float> features = new ArrayList<>();
      for (float each : found.features().toArray()) {
        features.add(each);
      }
      int count = found.regions().size();
      assertThat(two.lines())
          .containsExactly(
              "boxes FP32 [%d, 4] %s".formatted(count, checksum(boxes)),
              "features FP32 [%d, %d] %s"
                  .formatted(count, found.features().dim(), checksum(features)));
    }
    assertThat(json.lines()).containsAll(two.lines());
  }

  private static String checksum(List<Float> numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
    numbers.forEach(bytes::putFloat);
    CRC32 sum = new CRC32();
    sum.update(bytes.array());
    return "%08x".formatted(sum.getValue());
  }

  private static void checkRefused(Printed printed, String... words) {
    assertThat(printed.out()).as(printed.errors()).contains(words);
    assertThat(printed.status()).as(printed.errors()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void areToldWhatIsWrong(ClientProgram client) {
    boolean java = client == ClientProgram.LANGCHAIN4J;
    checkRefused(
        ask(client, TOKEN + "x", PICTURE, ""), java ? "AuthenticationException" : "401", "token");
    checkRefused(
        ask(client, TOKEN, PICTURE, "--model no"),
        java ? "ModelNotFoundException" : "404",
        "no",
        client == ClientProgram.OPEN_INFERENCE ? "detector" : "vqa-regions");
    String text = ServiceFixture.DEMO.resolve("README.md").toString();
    checkRefused(ask(client, TOKEN, text, ""), java ? "InvalidRequestException" : "400", "picture");
  }

  @ParameterizedTest
  @EnumSource
  void readThatTheirPictureIsTooLarge(ClientProgram client) throws IOException {
    String large = Files.write(folder.resolve("large.png"), new byte[8 << 20]).toString();
    boolean isNode = client.file().toString().endsWith(".mjs"); // lost the answer most often
    for (int i = 0; i < (isNode ? 20 : 2); i++) {
      checkRefused(
          ask(client, TOKEN, large, ""),
          client == ClientProgram.LANGCHAIN4J ? "InvalidRequestException" : "413",
          Integer.toString(MAX_BODY));
    }
  }

  @ParameterizedTest
  @EnumSource
  void areToldThatTheQueueIsFull(ClientProgram client) throws Exception {
    boolean java = client == ClientProgram.LANGCHAIN4J;
    client.prepare(); // the queue is not held for long
    try (Socket waiting = takeTheQueue()) {
      checkRefused(
          ask(client, TOKEN, PICTURE, ""), java ? "RateLimitException" : "429", "the limit is 1");
      waiting.setSoLinger(true, 0);
    }
    awaitQueue(0);
  }

  @Test
  void comeAgainAndAreAnswered() throws Exception {
    ClientProgram.OPENAI.prepare();
    int before = fullQueues();
    Process process;
    try (Socket waiting = takeTheQueue()) {
      process =
          ClientProgram.OPENAI.start(TOKEN, service.url(), PICTURE, QUESTION, "--retries", "2");
      while (process.isAlive() && fullQueues() == before) {
        Thread.sleep(10);
      }
      waiting.setSoLinger(true, 0);
    }
    check(ClientProgram.finish(process), List.of(label()));
    assertThat(fullQueues()).isGreaterThan(before);
  }

  private static int fullQueues() {
    return service.log().split("queue_full", -1).length - 1;
  }

  /** Begins a request whose body never comes. */
  private static Socket takeTheQueue() throws Exception {
    Socket socket = new Socket("localhost", service.port());
    socket
        .getOutputStream()
        .write(
            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: "
                    + TOKEN
                    + "\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n"
                    + " ".repeat(60_000)) // enough not to be thought slow
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    awaitQueue(1);
    return socket;
  }

  private static void awaitQueue(int count) throws InterruptedException {
    while (service.service().waiting() != count) {
      Thread.sleep(5);
    }
  }
}
