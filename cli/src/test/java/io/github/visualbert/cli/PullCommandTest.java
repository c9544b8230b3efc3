package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.hub.FakeHub;
import io.github.visualbert.cli.pull.PullCommand;
import io.github.visualbert.config.VisualBertConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(120)
class PullCommandTest {
  private static final String NAME = "uclanlp/visualbert-vqa";
  private static final String NO_VOCAB =
      "visualbert pull: note: the model has no vocab.txt, without which it reads no text. Models of"
          + " the authors were trained with that of bert-base-uncased: visualbert pull "
          + "uclanlp/visualbert-vqa --vocab-from google-bert/bert-base-uncased, or --vocab FILE";

  @TempDir private Path home;

  private final FakeHub hub = new FakeHub();

  /** The published repositories have neither a vocabulary nor names for the answers. */
  @BeforeEach
  void publish() throws IOException {
    Path demo = Cli.DEMO.resolve("vqa");
    hub.model(NAME)
        .add("config.json", Files.readAllBytes(demo.resolve("config.json")))
        .add("model.safetensors", Files.readAllBytes(demo.resolve("model.safetensors")));
    hub.model("google-bert/bert-base-uncased")
        .add("model.safetensors", "much more than is needed")
        .add("vocab.txt", Files.readAllBytes(demo.resolve("vocab.txt")));
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void aTokenizerOfTransformers5IsAVocabularyToo() throws IOException {
    Path saved = Cli.DEMO.resolveSibling("checkpoints/transformers-5");
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      hub.model(NAME).add(name, Files.readAllBytes(saved.resolve(name)));
    }
    pull(NAME).answer(); // and no note on standard error
    assertThat(folder().resolve("tokenizer.json"))
        .hasSameBinaryContentAs(saved.resolve("tokenizer.json"));
    assertThat(Cli.run("tokenize", "--model", folder(), "a ring").answer())
        .isEqualTo(Cli.run("tokenize", "--model", Cli.DEMO.resolve("vqa"), "a ring").answer());
    Path vocabulary = Cli.DEMO.resolve("vqa/vocab.txt");
    assertThat(pull(NAME, "--vocab", vocabulary).refusal(ExitCode.BAD_MODEL))
        .contains("tokenizer.json: holds a vocabulary, which goes before " + vocabulary);
    assertThat(folder().resolve("vocab.txt")).doesNotExist();
  }

  private Cli.Result pull(Object... args) {
    return pullWith(new String[0], args);
  }

  private Cli.Result pullWith(String[] environment, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Failures failures = new Failures();
    CommandLine top =
        new CommandLine(new VisualBertCommand())
            .addSubcommand(new PullCommand(hub.environment(home, environment)))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setParameterExceptionHandler(failures)
            .setExecutionExceptionHandler(failures);
    List<String> words = new ArrayList<>(List.of("pull"));
    for (Object arg : args) {
      words.add(arg.toString());
    }
    int code = top.execute(words.toArray(String[]::new));
    return new Cli.Result(code, out.toString(), err.toString());
  }

  private Path folder() {
    return home.resolve("hub/models--uclanlp--visualbert-vqa/snapshots/" + hub.model(NAME).commit);
  }

  /** Fetches a detector and looks through it. */
  private void fetchDetector(String name, String golden, String config, String weights)
      throws IOException {
    Path published = TinyDetector.publish(golden, home.resolve("published"));
    hub.model(name)
        .add("README.md", "a detector")
        .add(config, Files.readAllBytes(published.resolve(config)))
        .add(weights, Files.readAllBytes(published.resolve(weights)));
    Cli.Result result = pull(name);
    assertThat(result.exitCode()).isZero();
    assertThat(result.err().strip())
        .isEqualTo(
            "visualbert pull: note: the detector has no objects_vocab.txt, so classes have no"
                + " names; features and answers are the same");
    assertThat(result.out().lines().map(line -> line.split(" ")[0]).toList().subList(0, 2))
        .containsExactlyInAnyOrder(config, weights);
    Path folder = Path.of(result.out().lines().toList().getLast());
    Object image = TinyDetector.image(golden);
    assertThat(Cli.run("detect", "--detector", folder, "--image", image).answer())
        .isEqualTo(Cli.run("detect", "--detector", published, "--image", image).answer());
  }

  @Test
  void fetchesADetector() throws IOException {
    String name = "unc-nlp/frcnn-vg-finetuned";
    fetchDetector(name, "butd_small", "config.yaml", "pytorch_model.bin");
    fetchDetector("a/b", "pythia_small", "detectron_model.yaml", "detectron_model.pth");
    hub.model(name).add("objects_vocab.txt", "yolk,egg\n");
    pull(name).answer(); // and no note on standard error
    hub.model("a/b").add("visual_genome_categories.json", "{\"categories\":[]}");
    pull("a/b").answer();
  }

  @Test
  void reportsWhatItFetchedAndWhere() {
    Cli.Result result = pull(NAME);
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .matches(
            "config.json +\\S+ k?B  fetched\\Rmodel.safetensors +\\S+ [kM]B  fetched\\R\\Q"
                + folder()
                + "\\E\\R");
    assertThat(result.err()).isEqualToNormalizingNewlines(NO_VOCAB + "\n");
    assertThat(pull(NAME).out()).contains("was in the cache").doesNotContain("fetched");
  }

  @Test
  void putsTheVocabularyOfAnotherModelBesideIt() {
    String out = pull(NAME, "--vocab-from", "google-bert/bert-base-uncased").answer();
    assertThat(out).endsWith(folder() + System.lineSeparator());
    assertThat(folder().resolve("vocab.txt"))
        .hasSameBinaryContentAs(Cli.DEMO.resolve("vqa/vocab.txt"));
    assertThat(hub.requests()).noneMatch(request -> request.path().contains("uncased/model"));
    assertThat(pull(NAME).answer()).isNotEmpty(); // and it stays there
  }

  @Test
  void putsAUsersVocabularyBesideIt() {
    pull(NAME, "--vocab", Cli.DEMO.resolve("vqa/vocab.txt")).answer();
    assertThat(folder().resolve("vocab.txt"))
        .hasSameBinaryContentAs(Cli.DEMO.resolve("vqa/vocab.txt"));
  }

  @Test
  void refusesAVocabularyOfAnotherModel() {
    Path other = Cli.write(home.resolve("other.txt"), "[PAD]\n[UNK]\n");
    Cli.Result result = pull(NAME, "--vocab", other);
    assertThat(result.refusal(ExitCode.BAD_MODEL)).contains("the model's vocab_size; found 2");
    assertThat(folder().resolve("vocab.txt")).doesNotExist();
    hub.forget();
    Path bad = Cli.write(home.resolve("bad.txt"), "a\n\nb\n");
    assertThat(pull(NAME, "--vocab", bad).refusal(ExitCode.BAD_MODEL)).contains("line 2 is empty");
    assertThat(pull(NAME, "--vocab", home.resolve("none")).refusal(ExitCode.BAD_MODEL))
        .contains("no such file");
    assertThat(pull(NAME, "--labels", home.resolve("none")).refusal(ExitCode.BAD_MODEL))
        .contains("no such file");
    assertThat(hub.requests()).isEmpty(); // nothing is fetched when a file is invalid
  }

  @ParameterizedTest
  @CsvSource({"names.txt,labels.txt", "names.json,labels.json"})
  void putsTheNamesOfTheAnswersBesideIt(String file, String name) {
    int answers = VisualBertConfig.read(Cli.DEMO.resolve("vqa/config.json")).numLabels();
    StringBuilder names = new StringBuilder(file.endsWith("json") ? "[\"a0\"" : "a0\n");
    for (int i = 1; i < answers; i++) {
      names.append(file.endsWith("json") ? ",\"a" + i + "\"" : "a" + i + "\n");
    }
    Path labels = Cli.write(home.resolve(file), names + (file.endsWith("json") ? "]" : ""));
    assertThat(pull(NAME, "--labels", labels).exitCode()).isZero();
    assertThat(folder().resolve(name)).hasSameBinaryContentAs(labels);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\" | Missing required parameter: 'NAME'",
        "vqa | 'vqa' is not the name of a model on the hub, expected one like"
            + " uclanlp/visualbert-vqa",
        "a/b --revision ../x | '../x' is not a revision, expected a branch, a tag or a commit",
        "a/b@v1 --revision v2 | a/b@v1 and --revision v2 contradict each other",
        "a/b --vocab f --vocab-from c/d | expected --vocab or --vocab-from, not both",
      })
  void refusesWrongUsage(String args, String message) {
    Object[] words = args.isEmpty() ? new Object[0] : args.split(" ");
    assertThat(pull(words).refusal(ExitCode.USAGE))
        .isEqualTo("visualbert pull: " + message + " (see 'visualbert pull --help')");
    assertThat(hub.requests()).isEmpty();
  }

  @Test
  void refusesAnInvalidAddress() {
    assertThat(pullWith(new String[] {"HF_ENDPOINT", "hub"}, NAME).refusal(ExitCode.USAGE))
        .contains("HF_ENDPOINT is 'hub', expected an address like https://huggingface.co");
  }

  @Test
  void reportsAMissingModelInOneLine() {
    assertThat(pull("a/b").refusal(ExitCode.BAD_MODEL))
        .startsWith("visualbert pull: " + hub.endpoint() + "/api/models/a/b/revision/main: 401 ")
        .contains("check its name");
  }

  @Test
  void reportsAnUnwritableDiskAndNotABadModel() throws IOException {
    Files.createFile(home.resolve("hub"));
    assertThat(pull(NAME).refusal(ExitCode.INTERNAL_ERROR))
        .startsWith("visualbert pull: " + home.resolve("hub") + ": cannot be written (");
  }

  @Test
  void needsNoNetworkForACachedModel() {
    pull(NAME);
    hub.forget();
    Cli.Result result = pullWith(new String[] {"HF_HUB_OFFLINE", "1"}, NAME);
    assertThat(result.out()).isEqualTo(folder() + System.lineSeparator());
    assertThat(hub.requests()).isEmpty();
  }

  /** Starts a process, which has its own environment and its own locks. */
  private Process start(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().keySet().removeIf(name -> name.startsWith("HF_"));
    builder.environment().putAll(hub.environment(home).variables());
    return builder.start();
  }

  private static String output(Process process) throws IOException, InterruptedException {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return process.exitValue() + " " + text;
  }

  @Test
  void twoProcessesFetchAFileOnceAndAnotherUsesTheModelByItsName() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    hub.nextBytes(
        "model.safetensors",
        exchange -> {
          try {
            second.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          FakeHub.content(200, hub.model(NAME).files.get("model.safetensors")).to(exchange);
        });
    String[] args = {"pull", NAME, "--vocab-from", "google-bert/bert-base-uncased"};
    Process one = start(args);
    Process two = start(args);
    // Both have asked for the metadata of the file; one has the lock and waits for this test.
    while (hub.requests().stream()
            .filter(request -> request.file().equals("model.safetensors"))
            .filter(request -> request.method().equals("HEAD"))
            .count()
        < 2) {
      Thread.sleep(20);
    }
    Thread.sleep(200);
    second.countDown();
    String[] outputs = {output(one), output(two)};
    assertThat(outputs).allMatch(text -> text.startsWith("0 "), "exit code 0");
    assertThat(outputs)
        .filteredOn(text -> text.matches("(?s).*model.safetensors[^\\r\\n]*fetched.*"))
        .hasSize(1);
    assertThat(hub.requests())
        .filteredOn(request -> request.toStore() && request.path().contains(NAME))
        .hasSize(1);
    hub.forget();
    assertThat(output(start("tokenize", "--model", NAME, "a cat")))
        .startsWith("0 ")
        .contains("cat");
    assertThat(output(start("tokenize", "--model", NAME + "@v1", "a cat")))
        .startsWith("4 visualbert tokenize: " + NAME + "@v1: no such folder, and not in the cache ")
        .contains("run 'visualbert pull " + NAME + "@v1'");
    assertThat(hub.requests()).isEmpty();
  }
}
