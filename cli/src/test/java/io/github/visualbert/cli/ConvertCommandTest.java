package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertCommandTest {
  private static final Path VQA = Cli.DEMO.resolve("vqa");

  @TempDir private Path folder;

  private static List<Path> storageForms() {
    return Cli.filesIn(Cli.GOLDENS.resolve("models"));
  }

  /** The converted form of a checkpoint gives the same bits, whatever its format. */
  @Test
  void givesTheSameBitsAsTheOriginal() {
    Path converted = folder.resolve("cases");
    OutputFile.makeFolder(converted);
    for (Path golden : storageForms()) {
      Path made = converted.resolve(golden.getFileName());
      String weights = weights(golden);
      Cli.run("convert", golden.resolve(weights), made).answer();
      assertThat(Cli.filesIn(made))
          .containsExactly(made.resolve("config.json"), made.resolve("model.safetensors"));
      copy(golden, made, "inputs.safetensors");
      Cli.write(
          made.resolve("case.json"),
          Cli.read(golden.resolve("case.json"))
              .replaceFirst("\"weights\": \\[[^]]*]", "\"weights\": [\"model.safetensors\"]"));
    }
    Path before = folder.resolve("before");
    Path after = folder.resolve("after");
    Cli.run("forward", "--cases", Cli.GOLDENS.resolve("models"), "--outputs", before).answer();
    Cli.run("forward", "--cases", converted, "--outputs", after).answer();
    for (Path golden : storageForms()) {
      Path result = golden.getFileName().resolve("outputs.safetensors");
      assertThat(after.resolve(result)).hasSameBinaryContentAs(before.resolve(result));
    }
  }

  /** No golden has bfloat16 of torch, so this takes the bits of a half-precision file for it. */
  @Test
  void givesTheSameBitsAsBfloat16OfTorch() throws IOException {
    Path half = Cli.GOLDENS.resolve("models/storage_bin_f16");
    Path cases = folder.resolve("cases");
    Path original = Cli.copy(half, OutputFile.makeFolder(cases).resolve("original"));
    Path bin = original.resolve("pytorch_model.bin");
    asBfloat16(half.resolve("pytorch_model.bin"), bin);
    assertThat(Cli.run("inspect", bin).answer()).contains("BF16").doesNotContain(" F16");
    Path made = cases.resolve("converted");
    Cli.run("convert", bin, made).answer();
    assertThat(Cli.run("inspect", made.resolve("model.safetensors")).answer()).contains("BF16");
    copy(half, made, "inputs.safetensors");
    Cli.write(
        made.resolve("case.json"),
        Cli.read(half.resolve("case.json"))
            .replaceFirst("\"weights\": \\[[^]]*]", "\"weights\": [\"model.safetensors\"]"));
    Path outputs = folder.resolve("outputs");
    Cli.run("forward", "--cases", cases, "--outputs", outputs).answer();
    assertThat(outputs.resolve("converted/outputs.safetensors"))
        .hasSameBinaryContentAs(outputs.resolve("original/outputs.safetensors"));
  }

  /** Copies an archive of torch.save, calling its half-precision storages bfloat16. */
  private static void asBfloat16(Path from, Path to) throws IOException {
    try (ZipFile in = new ZipFile(from.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith("data.pkl")) {
          bytes =
              new String(bytes, StandardCharsets.ISO_8859_1)
                  .replace("HalfStorage", "BFloat16Storage")
                  .getBytes(StandardCharsets.ISO_8859_1);
        }
        ZipEntry stored = new ZipEntry(entry.getName());
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(bytes.length);
        CRC32 sum = new CRC32();
        sum.update(bytes);
        stored.setCrc(sum.getValue());
        out.putNextEntry(stored);
        out.write(bytes);
      }
    }
  }

  private static String weights(Path golden) {
    JsonObject description = (JsonObject) Json.parse(Cli.read(golden.resolve("case.json")));
    return description.getArray("weights").getString(0);
  }

  private static void copy(Path from, Path to, String name) {
    try {
      Files.copy(from.resolve(name), to.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void copiesTheOtherFilesOfAFolder() {
    Path made = folder.resolve("made");
    assertThat(Cli.run("convert", VQA, made).answer()).startsWith(made + ": 77 tensors, ");
    assertThat(Cli.filesIn(made)).hasSize(5);
    for (String name :
        List.of("config.json", "vocab.txt", "tokenizer_config.json", "preprocessor_config.json")) {
      assertThat(made.resolve(name)).hasSameBinaryContentAs(VQA.resolve(name));
    }
    assertThat(ask(made)).isEqualTo(ask(VQA));
  }

  @Test
  void theTokenizerOfTransformers5GoesAlongAndBeforeAVocabulary() throws IOException {
    Path saved = Cli.copy(VQA, folder.resolve("saved"));
    Files.delete(saved.resolve("vocab.txt"));
    Files.delete(saved.resolve("tokenizer_config.json"));
    Path tokenizer = Cli.DEMO.resolveSibling("checkpoints/transformers-5");
    copy(tokenizer, saved, "tokenizer.json");
    copy(tokenizer, saved, "tokenizer_config.json");
    Path made = folder.resolve("made");
    Cli.run("convert", saved, made).answer();
    assertThat(made.resolve("tokenizer.json"))
        .hasSameBinaryContentAs(tokenizer.resolve("tokenizer.json"));
    assertThat(ask(made)).isEqualTo(ask(VQA));
    Path vocabulary = VQA.resolve("vocab.txt");
    assertThat(Cli.run("convert", saved, folder.resolve("x"), "--vocab", vocabulary).refusal(4))
        .contains(
            "tokenizer.json: holds a vocabulary, which goes before "
                + vocabulary
                + "; expected no --vocab");
  }

  private static String ask(Path model, Object... more) {
    List<Object> args = new ArrayList<>(List.of("run", "--task", "vqa", "--format", "json"));
    args.addAll(List.of("--model", model, "--image", Cli.DEMO.resolve("images/scene-1.png")));
    args.addAll(List.of("--question", "what is the colour of the ring?"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray()).answer();
  }

  @Test
  void addsLabelsAndVocabulary() throws IOException {
    Path labels = folder.resolve("labels.txt");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 35; i++) {
      names.add("answer " + i);
    }
    Files.write(labels, names);
    Path bare = Files.createDirectory(folder.resolve("bare"));
    copy(VQA, bare, "config.json");
    copy(VQA, bare, "model.safetensors");
    copy(VQA, bare, "preprocessor_config.json");
    Path config = bare.resolve("config.json");
    Files.writeString(config, "\ufeff" + Files.readString(config)); // as editors of Windows do
    Path made = folder.resolve("made");
    Cli.run("convert", bare, made, "--labels", labels, "--vocab", VQA.resolve("vocab.txt"))
        .answer();
    assertThat(ask(made)).contains("\"label\":\"answer 2\",\"index\":2,");
    assertThat(ask(VQA)).contains("\"label\":\"blue\",\"index\":2,");
  }

  @Test
  void makesAConfigFromTheWeights() {
    Path golden = Cli.GOLDENS.resolve("models/base_head64_visual2048");
    Path alone = folder.resolve("alone");
    OutputFile.makeFolder(alone);
    copy(golden, alone, "model.safetensors");
    Path made = folder.resolve("made");
    Cli.run("convert", alone.resolve("model.safetensors"), made).answer();
    JsonObject config = (JsonObject) Json.parse(Cli.read(made.resolve("config.json")));
    assertThat(config.getArray("architectures").toStrings()).containsExactly("VisualBertModel");
    assertThat(config.getInt("visual_embedding_dim")).isEqualTo(2048);
    assertThat(Cli.run("inspect", made).answer()).containsPattern("(?m)^fits +yes$");
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void roundsToAnotherType(DType to) throws IOException {
    float[] numbers = {
      0, -0f, 1, 1 + 0x1p-12f, 1 + 0x1p-8f, 1 + 0x3p-8f, 65504, 0x1p-24f, Float.NaN
    };
    Path in = folder.resolve("in.safetensors");
    new SafetensorsWriter()
        .add("x", Tensor.of(numbers, 9))
        .add("n", Tensor.of(new long[] {3}, 1))
        .write(in);
    Path out = folder.resolve("out.safetensors");
    Cli.run("convert", in, out, "--dtype", to.name().toLowerCase(java.util.Locale.ROOT)).answer();
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(out, arena)) {
      String x =
          source.names().stream().filter(name -> name.endsWith("x")).findFirst().orElseThrow();
      String n =
          source.names().stream().filter(name -> name.endsWith("n")).findFirst().orElseThrow();
      assertThat(source.tensor(n).dtype()).isEqualTo(DType.I64);
      assertThat(source.tensor(x).dtype()).isEqualTo(to);
      float[] expected =
          switch (to) {
            case F16 ->
                new float[] {0, -0f, 1, 1, 1 + 0x1p-8f, 1 + 0x3p-8f, 65504, 0x1p-24f, Float.NaN};
            case BF16 -> new float[] {0, -0f, 1, 1, 1, 1 + 0x1p-6f, 65536, 0x1p-24f, Float.NaN};
            default -> numbers;
          };
      assertThat(source.tensor(x).toFloatArray()).isEqualTo(expected);
    }
  }

  @Test
  void refusesNumbersThatAreTooLarge() throws IOException {
    Path in = folder.resolve("in.safetensors");
    new SafetensorsWriter()
        .add("x", Tensor.of(new float[] {65520, Float.POSITIVE_INFINITY}, 2))
        .write(in);
    Path out = folder.resolve("out.safetensors");
    assertThat(Cli.run("convert", in, out, "--dtype", "f16").refusal(4))
        .contains("x holds 65520.0, too large for F16");
    assertThat(Cli.filesIn(folder)).containsExactly(in);
    copy(VQA, folder, "config.json");
    assertThat(Cli.run("convert", in, folder.resolve("made"), "--dtype", "f16").refusal(4))
        .contains("too large");
    assertThat(Cli.filesIn(folder)).containsExactly(folder.resolve("config.json"), in);
    Cli.run("convert", in, out, "--dtype", "bf16").answer();
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.safetensors", "out"})
  void leavesNothingBehindWhenRefusing(String out) {
    Path bad = Cli.GOLDENS.resolve("malformed/safetensors/hole.safetensors");
    assertThat(Cli.run("convert", bad, folder.resolve(out)).refusal(4))
        .contains("hole.safetensors");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aFolderMayHaveANameAsLongAsTheFileSystemAllows() {
    Path target = folder.resolve("o".repeat(255));
    Cli.run("convert", Cli.DEMO.resolve("vqa"), target).answer();
    assertThat(Cli.filesIn(folder)).containsExactly(target);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aLinkIsNoNewFolder() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (Path leadsTo : List.of(folder.resolve("nothing"), empty)) {
      Path link = Files.createSymbolicLink(folder.resolve("link"), leadsTo);
      assertThat(Cli.run("convert", VQA, link).refusal(2)).contains("exists already");
      Files.delete(link);
    }
    assertThat(Cli.filesIn(folder)).containsExactly(empty);
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void refusesASettingsFileOfAnySize() throws IOException {
    Path model = Cli.copy(VQA, folder.resolve("model"));
    Path settings = model.resolve("tokenizer_config.json");
    try (RandomAccessFile file = new RandomAccessFile(settings.toFile(), "rw")) {
      file.setLength(3L << 30);
    }
    assertThat(Cli.run("convert", model, folder.resolve("out")).refusal(4))
        .endsWith(
            settings
                + ": expected a file without weights of at most 67108864 bytes, found 3221225472");
  }

  @Test
  void refusesWrongUsage() throws IOException {
    Path weights = VQA.resolve("model.safetensors");
    assertThat(Cli.run("convert", weights).refusal(2)).contains("OUT");
    assertThat(Cli.run("convert", weights, folder).refusal(2)).contains("exists already");
    assertThat(Cli.run("convert", weights, folder.resolve("a/b")).refusal(2))
        .contains("there is no folder");
    assertThat(Cli.run("convert", weights, folder.resolve("x"), "--dtype", "f8").refusal(2))
        .contains("expected f32, f16 or bf16, found 'f8'");
    assertThat(
            Cli.run("convert", weights, folder.resolve("x.safetensors"), "--vocab", weights)
                .refusal(2))
        .contains("go with a folder");
    assertThat(Cli.run("convert", folder.resolve("no"), folder.resolve("x")).refusal(4))
        .contains("no: ");
    assertThat(Cli.run("convert", VQA, folder.resolve("x"), "--vocab", weights).refusal(4))
        .contains("model.safetensors");
    assertThat(
            Cli.run("convert", VQA, folder.resolve("x"), "--labels", VQA.resolve("vocab.txt"))
                .refusal(4))
        .contains("302 labels", "35 classes");
    Path copy = Files.copy(weights, folder.resolve("copy.safetensors"));
    assertThat(Cli.run("convert", copy, copy).refusal(2)).contains("same file");
    assertThat(Cli.filesIn(folder)).containsExactly(copy);
  }
}
