package io.github.visualbert.cli.hub;

import static io.github.visualbert.cli.hub.FakeHub.chunked;
import static io.github.visualbert.cli.hub.FakeHub.content;
import static io.github.visualbert.cli.hub.FakeHub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.visualbert.cli.hub.FakeHub.Request;
import io.github.visualbert.cli.hub.Pull.Item;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PullTest {
  private static final HubName VQA = HubName.parse("uclanlp/visualbert-vqa");
  private static final String WEIGHTS = "pytorch_model.bin";

  @TempDir private Path home;

  private final FakeHub hub = new FakeHub();
  private final List<Duration> pauses = new ArrayList<>();
  private final byte[] weights = new byte[1_000_000];

  @BeforeEach
  void publish() {
    new Random(1).nextBytes(weights);
    hub.model(VQA.repository())
        .add("config.json", "{\"model_type\":\"visual_bert\"}")
        .add("README.md", "# VisualBERT")
        .add("empty.txt", "")
        .add(WEIGHTS, weights);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private FakeHub.Model vqa() {
    return hub.model(VQA.repository());
  }

  private Pull puller(String... environment) {
    return puller(Duration.ofSeconds(20), environment);
  }

  private Pull puller(Duration silence, String... environment) {
    Patience patience = new Patience(silence, 4, pauses::add);
    return new Pull(hub.environment(home, environment), Progress.NONE, patience);
  }

  private Pull.Result pull(String... patterns) {
    return pull(VQA, patterns);
  }

  private Pull.Result pull(HubName name, String... patterns) {
    try {
      return puller().model(name, List.of(patterns));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ModelException refusal(String... patterns) {
    return catchThrowableOfType(ModelException.class, () -> pull(patterns));
  }

  private Path folder() {
    return home.resolve("hub/models--uclanlp--visualbert-vqa");
  }

  private Path snapshot() {
    return folder().resolve("snapshots").resolve(vqa().commit);
  }

  private byte[] read(String file) throws IOException {
    return Files.readAllBytes(snapshot().resolve(file));
  }

  /** Names of the files below the blobs, so that nothing unfinished is overlooked. */
  private List<String> blobs() throws IOException {
    if (!Files.exists(folder().resolve("blobs"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder().resolve("blobs"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private List<Request> bytesAsked(String file) {
    return hub.requests().stream()
        .filter(request -> request.method().equals("GET") && request.toStore())
        .filter(request -> request.file().equals(file))
        .toList();
  }

  @Test
  void laysTheCacheOutAsTheHubsOwnToolsDo() throws IOException {
    Pull.Result result = pull();
    assertThat(result.folder()).isEqualTo(snapshot());
    assertThat(result.commit()).isEqualTo(vqa().commit);
    assertThat(result.files())
        .containsExactly(
            new Item("config.json", vqa().files.get("config.json").length, true),
            new Item(WEIGHTS, weights.length, true));
    assertThat(read(WEIGHTS)).isEqualTo(weights);
    assertThat(Files.readSymbolicLink(snapshot().resolve(WEIGHTS)))
        .isEqualTo(Path.of("../../blobs", vqa().hash(WEIGHTS)));
    assertThat(Files.readSymbolicLink(snapshot().resolve("config.json")))
        .isEqualTo(Path.of("../../blobs", vqa().hash("config.json")));
    assertThat(folder().resolve("refs/main")).hasContent(vqa().commit);
    assertThat(blobs()).containsExactlyInAnyOrder(vqa().hash(WEIGHTS), vqa().hash("config.json"));
    assertThat(home.resolve("hub/.locks/models--uclanlp--visualbert-vqa")).isDirectory();
  }

  @Test
  void asksForNoBytesThatAreHere() {
    pull();
    hub.forget();
    assertThat(pull().files()).extracting(Item::fetched).containsExactly(false, false);
    assertThat(hub.requests())
        .extracting(Request::path)
        .containsExactly("/api/models/uclanlp/visualbert-vqa/revision/main");
  }

  @Test
  void fetchesOfANewCommitWhatChanged() throws IOException {
    pull();
    Path before = snapshot();
    hub.forget();
    vqa().commit = "feedfacefeedfacefeedfacefeedfacefeedface";
    vqa().add("config.json", "{}");
    assertThat(pull().files()).extracting(Item::fetched).containsExactly(true, false);
    assertThat(bytesAsked(WEIGHTS)).isEmpty();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
    assertThat(folder().resolve("refs/main")).hasContent(vqa().commit);
    assertThat(before.resolve("config.json")).hasContent("{\"model_type\":\"visual_bert\"}");
  }

  @Test
  void pullsABranchWithASlashAndACommit() throws IOException {
    assertThat(pull(new HubName(VQA.repository(), "refs/pr/1")).folder()).isEqualTo(snapshot());
    assertThat(folder().resolve("refs/refs/pr/1")).hasContent(vqa().commit);
    assertThat(pull(new HubName(VQA.repository(), vqa().commit)).folder()).isEqualTo(snapshot());
    assertThat(Cache.filesBelow(folder().resolve("refs"))).containsExactly("refs/pr/1");
  }

  @Test
  void prefersSafetensorsToPickles() {
    vqa().add("model.safetensors", "safe");
    vqa().add("pytorch_model.bin.index.json", "{}");
    assertThat(pull().files())
        .extracting(Item::name)
        .containsExactly("config.json", "model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model%s.safetensors", "pytorch_model%s.bin"})
  void followsAnIndexToItsShards(String pattern) throws IOException {
    String first = pattern.formatted("-00001-of-00002");
    String second = pattern.formatted("-00002-of-00002");
    vqa().files.remove(WEIGHTS);
    vqa()
        .add(first, "one")
        .add(second, "two")
        .add(pattern.formatted("-of-another-index"), "three")
        .add(
            pattern.formatted("") + ".index.json",
            "{\"weight_map\":{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"%s\"}}"
                .formatted(second, first, first));
    assertThat(pull().files())
        .extracting(Item::name)
        .containsExactly("config.json", pattern.formatted("") + ".index.json", first, second);
    assertThat(read(second)).asString().isEqualTo("two");
  }

  @Test
  void refusesAnIndexThatNamesFilesElsewhere() {
    vqa().files.remove(WEIGHTS);
    vqa().add("model.safetensors.index.json", "{\"weight_map\":{\"a\":\"../../secret\"}}");
    assertThat(refusal().kind()).isEqualTo(Kind.HOSTILE);
    vqa().add("model.safetensors.index.json", "{\"weight_map\":{\"a\":\"model-1.safetensors\"}}");
    vqa().commit = "feedfacefeedfacefeedfacefeedfacefeedface";
    assertThat(refusal())
        .hasMessageEndingWith(
            "model.safetensors.index.json: weight_map.a: expected the name of a file of the"
                + " repository, found \"model-1.safetensors\"");
    assertThat(folder().resolve("refs")).doesNotExist();
  }

  @Test
  void fetchesWhatElseIsAskedFor() throws IOException {
    vqa().add("onnx/model.onnx", "onnx");
    assertThat(pull("*.onnx", "empty.tx?").files())
        .extracting(Item::name)
        .containsExactly("config.json", "onnx/model.onnx", "empty.txt", WEIGHTS);
    assertThat(read("onnx/model.onnx")).asString().isEqualTo("onnx");
    assertThat(read("empty.txt")).isEmpty();
    assertThat(Files.readSymbolicLink(snapshot().resolve("onnx/model.onnx")))
        .isEqualTo(Path.of("../../../blobs", vqa().hash("onnx/model.onnx")));
    assertThat(refusal("*.h5"))
        .hasMessage(
            "uclanlp/visualbert-vqa: no file matches '*.h5'; it has README.md, config.json,"
                + " empty.txt, onnx/model.onnx, pytorch_model.bin");
  }

  @Test
  void refusesAModelWithoutWeights() throws IOException {
    vqa().files.remove(WEIGHTS);
    assertThat(refusal())
        .hasMessageContaining("expected weights")
        .hasMessageContaining("--include");
    assertThat(blobs()).isEmpty();
    assertThat(pull("config.json").files()).hasSize(1);
  }

  @Test
  void resumesADownloadThatIsCutAgainAndAgain() throws IOException {
    hub.nextBytes(WEIGHTS, hub.cutAfter(100_000));
    hub.nextBytes(WEIGHTS, hub.cutAfter(0)); // nothing arrives
    hub.nextBytes(WEIGHTS, hub.cutAfter(300_000));
    hub.nextBytes(WEIGHTS, hub.cutAfter(500_000));
    hub.nextBytes(WEIGHTS, hub.cutAfter(99_999));
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
    List<Request> asked = bytesAsked(WEIGHTS);
    assertThat(asked).hasSize(6);
    assertThat(asked.getFirst().range()).isEmpty();
    assertThat(asked.subList(1, 6))
        .extracting(request -> Integer.parseInt(request.range().replaceAll("\\D", "")))
        .isSorted()
        .allMatch(offset -> offset > 0 && offset < weights.length);
    assertThat(pauses).hasSize(5).allMatch(pause -> pause.toSeconds() <= 2);
  }

  @Test
  void keepsWhatArrivedForTheNextPull() throws IOException {
    hub.nextBytes(WEIGHTS, hub.cutAfter(600_000));
    for (int i = 0; i < 3; i++) {
      hub.nextBytes(WEIGHTS, status(503));
    }
    assertThat(refusal())
        .hasMessageEndingWith("503, 4 times in a row; try again later, what has arrived is kept");
    assertThat(folder().resolve("refs")).doesNotExist();
    Path partial = folder().resolve("blobs/" + vqa().hash(WEIGHTS) + ".visualbert.incomplete");
    long size = Files.size(partial);
    assertThat(size).isBetween(1L, 600_000L);
    hub.forget();
    pull();
    assertThat(bytesAsked(WEIGHTS))
        .extracting(Request::range)
        .containsExactly("bytes=" + size + "-");
    assertThat(read(WEIGHTS)).isEqualTo(weights);
    assertThat(partial).doesNotExist();
  }

  @Test
  void fetchesAnewWhereThePartThatIsHereIsWrong() throws IOException {
    Path partial = folder().resolve("blobs/" + vqa().hash(WEIGHTS) + ".visualbert.incomplete");
    for (int length : new int[] {10, weights.length, weights.length + 1}) {
      vqa().commit = vqa().commit.substring(1) + length % 10;
      Files.createDirectories(partial.getParent());
      Files.deleteIfExists(folder().resolve("blobs/" + vqa().hash(WEIGHTS)));
      Files.write(partial, new byte[length]);
      pull();
      assertThat(read(WEIGHTS)).as("%d bytes", length).isEqualTo(weights);
      assertThat(partial).doesNotExist();
    }
  }

  @Test
  void startsAnewWhereTheServerDoesNotResume() throws IOException {
    hub.nextBytes(WEIGHTS, hub.cutAfter(500_000));
    hub.nextBytes(WEIGHTS, content(200, weights)); // all of it, whatever the range
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
    vqa().commit = "feedfacefeedfacefeedfacefeedfacefeedface";
    Files.delete(folder().resolve("blobs/" + vqa().hash(WEIGHTS)));
    hub.nextBytes(WEIGHTS, hub.cutAfter(500_000));
    hub.nextBytes(WEIGHTS, status(416));
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void mendsABlobOfTheWrongLength() throws IOException {
    Files.createDirectories(folder().resolve("blobs"));
    Files.write(folder().resolve("blobs/" + vqa().hash(WEIGHTS)), new byte[3]);
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void mendsALinkThatLeadsNowhere() throws IOException {
    pull();
    Files.delete(folder().resolve("blobs/" + vqa().hash(WEIGHTS)));
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void givesTheTokenToTheHubAlone() throws IOException {
    vqa().token = "hf_secret";
    puller("HF_TOKEN", "hf_secret").model(VQA, List.of());
    assertThat(hub.requests().stream().filter(request -> !request.toStore()))
        .isNotEmpty()
        .extracting(Request::token)
        .containsOnly("Bearer hf_secret");
    assertThat(hub.requests().stream().filter(Request::toStore))
        .isNotEmpty()
        .extracting(Request::token)
        .containsOnly("");
  }

  @Test
  void readsTheTokenFile() throws IOException {
    vqa().token = "hf_secret";
    assertThat(refusal()).isNotNull();
    Files.writeString(home.resolve("token"), "hf_secret\n");
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void sendsNoTokenWhereThereIsNone() {
    pull();
    assertThat(hub.requests()).extracting(Request::token).containsOnly("");
  }

  @Test
  void saysWhatToDoAboutAModelThatIsNotThere() {
    String address = hub.endpoint() + "/api/models/a/b/revision/main";
    assertThatThrownBy(() -> pull(HubName.parse("a/b")))
        .hasMessage(
            address
                + ": 401 (Repository not found); there is no such model, or it is not public: check"
                + " its name, or set HF_TOKEN to a token that may read it");
    assertThatThrownBy(() -> puller("HF_TOKEN", "x").model(HubName.parse("a/b"), List.of()))
        .hasMessage(
            address
                + ": 404 (Repository not found); there is no such model: check its name and"
                + " HF_ENDPOINT");
    assertThatThrownBy(() -> pull(new HubName(VQA.repository(), "v9")))
        .hasMessage(
            hub.endpoint()
                + "/api/models/uclanlp/visualbert-vqa/revision/v9: 404 (Invalid rev id: v9);"
                + " there is no such revision: check --revision");
  }

  @Test
  void saysWhatToDoAboutATokenThatIsRefused() {
    hub.next(_ -> true, status(401, "X-Error-Message", "Invalid credentials\u009b2J"));
    assertThatThrownBy(() -> puller("HF_TOKEN", "hf_old").model(VQA, List.of()))
        .hasMessageEndingWith(
            "401 (Invalid credentials?2J); the hub does not accept the token of HF_TOKEN or of"
                + " the token file: renew it")
        .hasMessageNotContaining("hf_old");
  }

  @ParameterizedTest
  @CsvSource({"'',401", "hf_other,403"})
  void saysWhatToDoAboutAGatedModel(String token, int status) {
    vqa().token = "hf_secret";
    vqa().gated = true;
    assertThatThrownBy(() -> puller("HF_TOKEN", token).model(VQA, List.of()))
        .hasMessage(
            "%s/uclanlp/visualbert-vqa/resolve/%s/config.json: %d (Access to model"
                    .formatted(hub.endpoint(), vqa().commit, status)
                + " uclanlp/visualbert-vqa is restricted.); accept its owner's conditions on "
                + hub.endpoint()
                + ", and set HF_TOKEN to a token of that account");
  }

  @Test
  void hidesTheSignatureOfAnAddress() {
    hub.nextBytes(WEIGHTS, status(403));
    assertThat(refusal())
        .hasMessageContaining(
            hub.storeAddress() + "/uclanlp/visualbert-vqa/pytorch_model.bin: 403;")
        .hasMessageNotContaining(FakeHub.SIGNATURE);
  }

  @Test
  void waitsAsLongAsTheHubAsks() throws IOException {
    hub.next(_ -> true, status(429, "Retry-After", "7"));
    hub.next(_ -> true, status(429, "RateLimit", "\"api\";r=0;t=55"));
    hub.next(
        _ -> true,
        status(
            503,
            "Retry-After",
            DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(100))));
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
    assertThat(pauses.subList(0, 2)).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(55));
    assertThat(pauses.get(2)).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(100));
  }

  @Test
  void waitsTwiceAsLongEachTime() throws IOException {
    hub.next(_ -> true, status(500));
    hub.next(_ -> true, status(502));
    hub.next(_ -> true, status(429));
    hub.next(request -> request.method().equals("HEAD"), status(504));
    pull();
    assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 1L);
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void givesUpOnAHubThatIsBusyForLong() {
    hub.next(_ -> true, status(429, "Retry-After", "3600"));
    assertThat(refusal()).hasMessageEndingWith("revision/main: 429; try again in 60 minutes");
    assertThat(pauses).isEmpty();
    for (int i = 0; i < 4; i++) {
      hub.next(_ -> true, status(429));
    }
    assertThat(refusal())
        .hasMessageContaining("revision/main: 429, 4 times in a row; try again later");
  }

  @Test
  void asksAgainWhereTheConnectionIsCutBeforeAnAnswer() throws IOException {
    hub.next(_ -> true, _ -> {});
    hub.next(request -> request.method().equals("HEAD"), _ -> {});
    hub.nextBytes(WEIGHTS, _ -> {});
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void asksAgainWhereAListingIsCut() throws IOException {
    hub.next(
        _ -> true,
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
        });
    pull();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void cutsAConnectionOnWhichNothingArrives() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    hub.nextBytes(
        WEIGHTS,
        exchange -> {
          exchange.sendResponseHeaders(200, weights.length);
          exchange.getResponseBody().write(weights, 0, 1000);
          exchange.getResponseBody().flush();
          await(end);
        });
    hub.next(request -> request.file().equals(WEIGHTS) && request.toStore(), _ -> await(end));
    puller(Duration.ofMillis(300)).model(VQA, List.of());
    end.countDown();
    assertThat(read(WEIGHTS)).isEqualTo(weights);
    assertThat(pauses).hasSize(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {WEIGHTS, "config.json"})
  void keepsNothingOfWrongContent(String file) throws IOException {
    byte[] wrong = vqa().files.get(file).clone();
    wrong[wrong.length / 2] ^= 1;
    hub.nextBytes(file, content(200, wrong));
    ModelException refusal = refusal();
    assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(refusal)
        .hasMessageContaining(
            "%s: expected the %s hash %s, found "
                .formatted(file, file.equals(WEIGHTS) ? "SHA-256" : "SHA-1", vqa().hash(file)))
        .hasMessageEndingWith("; nothing of it was kept");
    assertThat(blobs())
        .doesNotContain(vqa().hash(file))
        .noneMatch(name -> name.contains("incomplete"));
    assertThat(snapshot().resolve(file)).doesNotExist();
    assertThat(folder().resolve("refs")).doesNotExist();
  }

  @Test
  void refusesContentOfAnotherLength() throws IOException {
    hub.nextBytes(WEIGHTS, content(200, Arrays.copyOf(weights, 999_999)));
    assertThat(refusal()).hasMessageEndingWith(": expected 1000000 bytes, found 999999");
    hub.nextBytes(WEIGHTS, chunked(Arrays.copyOf(weights, 1_000_001)));
    assertThat(refusal()).hasMessageEndingWith(": expected 1000000 bytes, found more");
    assertThat(pauses).isEmpty();
    assertThat(blobs()).containsExactly(vqa().hash("config.json"));
    for (int i = 0; i < 4; i++) { // ends early without an error
      hub.nextBytes(
          WEIGHTS,
          i == 0
              ? chunked(Arrays.copyOf(weights, 10))
              : content(206, new byte[0], "Content-Range", "bytes 10-999999/1000000"));
    }
    hub.nextBytes(WEIGHTS, content(206, new byte[0], "Content-Range", "bytes 10-999999/1000000"));
    assertThat(refusal())
        .hasMessageEndingWith(
            ": ended after 10 of 1000000 bytes, 4 times in a row; try again later, what has arrived"
                + " is kept");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 9-999999/1000000",
        "bytes 10-999998/999999",
        "bytes 10-999999/*",
        "nonsense"
      })
  void refusesARangeThatWasNotAskedFor(String range) {
    for (int i = 0; i < 2; i++) {
      hub.nextBytes(WEIGHTS, hub.cutAfter(10));
      hub.nextBytes(
          WEIGHTS,
          content(206, Arrays.copyOfRange(weights, 10, 1_000_000), "Content-Range", range));
    }
    assertThat(refusal()).hasMessageContaining("of 1000000, found the range '" + range + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../config.json",
        "a/../../config.json",
        "/etc/passwd",
        "a//b",
        "./a",
        "a/",
        "",
        "..\\\\a",
        "C:/a",
        "\\\\\\\\server\\\\share",
        "a\\u0000b",
        "\\u001b[2J",
        "a\\u202eb"
      })
  void refusesHostileNames(String name) throws IOException {
    vqa().listing = json -> json.replace("README.md", name);
    assertThat(refusal().kind()).isEqualTo(Kind.HOSTILE);
    assertThat(refusal("*").getMessage())
        .startsWith("the hub lists a file ")
        .matches("\\P{Cntrl}+");
    assertThat(Cache.filesBelow(home)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"sha\":\"1234 | \"sha\":\"../../x",
        "\"sha\" | \"SHA\"",
        "\"siblings\" | \"files\"",
        "{\"id\" | <html>",
      })
  void refusesAListingThatIsNone(String what, String with) {
    vqa().listing = json -> json.replace(what, with);
    ModelException refusal = refusal();
    assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(refusal)
        .hasMessageContaining("revision/main: ")
        .hasMessageEndingWith("is this the address of a hub?");
  }

  @Test
  void refusesAListingWithoutEnd() {
    hub.next(
        _ -> true,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
          for (int i = 0; i < 17; i++) {
            exchange.getResponseBody().write(spaces);
          }
        });
    assertThat(refusal())
        .hasMessageEndingWith("expected a list of files of at most 16777216 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../../../../tmp/x", "0123456789abcdef0123456789abcdef-8", "\033[2J", "''"})
  void refusesAHashThatIsNone(String etag) {
    hub.next(
        request -> request.method().equals("HEAD"), status(200, "ETag", etag.replace("'", "\"")));
    assertThat(refusal())
        .hasMessageContaining("expected a hash of git or SHA-256 in the header ETag, found ");
  }

  @Test
  void refusesAFileOfUnknownLength() {
    String etag = "\"" + vqa().hash("config.json") + "\"";
    hub.next(
        request -> request.method().equals("HEAD"),
        status(302, "Location", "/x", "X-Linked-Etag", etag, "X-Linked-Size", "-1"));
    assertThat(refusal())
        .hasMessageEndingWith("expected the length of the file in the headers, found -1");
  }

  @Test
  void followsNoRedirectForEver() {
    for (int i = 0; i < 12; i++) {
      hub.next(_ -> true, status(302, "Location", "/again"));
    }
    assertThat(refusal()).hasMessageEndingWith("redirects more than 10 times");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://localhost/x",
        "http://",
        "http://me:pw@localhost/",
        "a b"
      })
  void followsNoRedirectOutOfTheWeb(String location) {
    hub.next(_ -> true, status(302, "Location", location));
    assertThat(refusal()).hasMessageContaining("revision/main: redirects to ");
  }

  @Test
  void followsNoRedirectOutOfEncryption() {
    URI from = URI.create("https://hub.example/a/b?signed");
    assertThat(HubClient.target(from, "/c")).hasToString("https://hub.example/c");
    assertThat(HubClient.target(from, "HTTPS://store.example/c?x"))
        .hasToString("HTTPS://store.example/c?x");
    assertThatThrownBy(() -> HubClient.target(from, "http://hub.example/a/b?key"))
        .hasMessage(
            "https://hub.example/a/b: redirects to http://hub.example/a/b, expected an encrypted"
                + " address like its own");
  }

  @Test
  void triesOnceWhereTheHubCannotProveItself() {
    String endpoint = hub.endpoint().toString().replace("http:", "https:");
    assertThatThrownBy(() -> puller("HF_ENDPOINT", endpoint).model(VQA, List.of()))
        .isInstanceOf(ModelException.class)
        .hasMessageMatching(
            // a server that waits for more of what it does not understand ends the same way
            ".*: cannot be reached \\(.*(SSL|timed out).*\\); check the network and HF_ENDPOINT");
    assertThat(pauses).isEmpty();
  }

  @Test
  void twoPullsAtOnceFetchEachFileOnce() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    hub.nextBytes(
        WEIGHTS,
        exchange -> {
          await(second);
          content(200, weights).to(exchange);
        });
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Progress progress =
          new Progress() {
            @Override
            public void received(String file, long present, long size) {}

            @Override
            public void waiting(String why) {
              if (why.equals(WEIGHTS + " is being downloaded by another process")) {
                second.countDown();
              }
            }
          };
      Callable<Pull.Result> pull =
          () -> new Pull(hub.environment(home), progress).model(VQA, List.of());
      List<Future<Pull.Result>> results = List.of(threads.submit(pull), threads.submit(pull));
      List<Boolean> fetched = new ArrayList<>();
      for (Future<Pull.Result> result : results) {
        assertThat(result.get().folder()).isEqualTo(snapshot());
        fetched.add(result.get().files().getLast().fetched());
      }
      assertThat(fetched).containsExactlyInAnyOrder(true, false);
    }
    assertThat(bytesAsked(WEIGHTS)).hasSize(1);
    assertThat(read(WEIGHTS)).isEqualTo(weights);
  }

  @Test
  void saysHowFarItIs() throws IOException {
    List<String> heard = new ArrayList<>();
    hub.nextBytes(WEIGHTS, hub.cutAfter(400_000));
    Progress progress =
        new Progress() {
          @Override
          public void received(String file, long present, long size) {
            if (present == 0 || present == size) {
              heard.add("%s %d/%d".formatted(file, present, size));
            }
          }

          @Override
          public void waiting(String why) {
            heard.add(why.replaceAll(".*; ", ""));
          }
        };
    new Pull(hub.environment(home), progress, new Patience(Duration.ofSeconds(20), 4, pauses::add))
        .model(VQA, List.of());
    assertThat(heard)
        .containsExactly(
            "config.json 0/28",
            "config.json 28/28",
            "pytorch_model.bin 0/1000000",
            "again in 1 s",
            "pytorch_model.bin 1000000/1000000");
  }

  @Test
  void leavesTheNetworkAloneWhenOffline() throws IOException {
    assertThatThrownBy(() -> puller("HF_HUB_OFFLINE", "1").model(VQA, List.of()))
        .hasMessage(
            "uclanlp/visualbert-vqa: not in the cache %s, and not fetched since HF_HUB_OFFLINE is set"
                .formatted(home.resolve("hub")));
    pull();
    hub.forget();
    assertThat(puller("HF_HUB_OFFLINE", "1").model(VQA, List.of()).folder()).isEqualTo(snapshot());
    assertThat(hub.requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"http://127.0.0.1:1,no connection", "http://hub.invalid,no such host"})
  void saysAtOnceWhenTheNetworkIsDown(String endpoint, String reason) {
    assertThatThrownBy(() -> puller("HF_ENDPOINT", endpoint).model(VQA, List.of()))
        .hasMessage(
            endpoint
                + "/api/models/uclanlp/visualbert-vqa/revision/main: cannot be reached ("
                + reason
                + "); check the network and HF_ENDPOINT");
    assertThat(pauses).isEmpty();
  }

  @Test
  void saysWhenTheCacheCannotBeWritten() throws IOException {
    Files.createFile(home.resolve("hub"));
    assertThatThrownBy(() -> puller().model(VQA, List.of())).isInstanceOf(IOException.class);
  }

  @Test
  void fetchesOneFileAlone() throws IOException {
    assertThat(puller().file(VQA, "config.json")).isEqualTo(snapshot().resolve("config.json"));
    assertThat(blobs()).containsExactly(vqa().hash("config.json"));
    assertThatThrownBy(() -> puller().file(VQA, "vocab.txt"))
        .hasMessageStartingWith(
            "uclanlp/visualbert-vqa: has no vocab.txt; it has README.md, config");
  }
}
