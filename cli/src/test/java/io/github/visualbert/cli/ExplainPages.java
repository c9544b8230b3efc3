package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.file.NpyBytes;
import io.github.visualbert.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pages of {@code explain}: of every task, of features without boxes, of a base model's size. */
final class ExplainPages {
  private static final Path IMAGES = Cli.DEMO.resolve("images");
  private static final Path SCENE = IMAGES.resolve("scene-1.png");
  static final List<Object> RING =
      List.of("--task", "vqa", "--image", SCENE, "--question", "what is the colour of the ring?");

  private final Path folder;
  private final Map<String, Path> written = new LinkedHashMap<>();

  private ExplainPages(Path folder) {
    this.folder = folder;
  }

  static Cli.Result explain(List<Object> ask, Object... more) {
    List<Object> words = new ArrayList<>(List.of("explain", "--provider", "scalar"));
    words.addAll(ask);
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  private void add(String name, List<Object> ask) {
    Path page = folder.resolve(name + ".html");
    assertThat(explain(ask, "--output", page).exitCode()).as(name).isZero();
    written.put(name, page);
  }

  /** Writes the pages and returns them by name. */
  static Map<String, Path> write(Path folder) throws Exception {
    ExplainPages pages = new ExplainPages(folder);
    pages.add("vqa", RING);
    pages.add(
        "grid",
        List.of(
            "--task",
            "vqa",
            "--model",
            Cli.DEMO.resolve("vqa"),
            "--image",
            SCENE,
            "--question",
            "where is the ring?"));
    pages.add(
        "nlvr2",
        List.of(
            "--task",
            "nlvr2",
            "--image",
            SCENE,
            IMAGES.resolve("scene-6.png"),
            "--statement",
            "one has a heart."));
    pages.add(
        "vcr",
        List.of(
            "--task",
            "vcr",
            "--image",
            SCENE,
            "--question",
            "what is orange?",
            "--choice",
            "a ring.",
            "--choice",
            "a heart that lies to the right of and below the blue circle."));
    pages.add(
        "flickr",
        List.of(
            "--task",
            "flickr",
            "--image",
            SCENE,
            "--text",
            "a blue ring and a heart",
            "--phrase",
            "ring",
            "--phrase",
            "a heart"));
    pages.add(
        "pretrain", List.of("--task", "pretrain", "--image", SCENE, "--text", "the [MASK] ring."));
    pages.add("encode", List.of("--task", "encode", "--image", SCENE, "--text", "a yellow heart"));
    pages.add(
        "list",
        List.of(
            "--task",
            "vqa",
            "--model",
            Cli.DEMO.resolve("vqa"),
            "--features",
            IMAGES.resolve("features/scene-1.npy"),
            "--question",
            "where is the ring?"));
    Path features = folder.resolve("regions.npy");
    int columns = TinyModel.REGION_NUMBERS;
    Files.write(features, NpyBytes.of(Tensor.of(new float[36 * columns], 36, columns)));
    pages.add(
        "base",
        List.of(
            "--task",
            "vqa",
            "--model",
            TinyModel.writeDeep(pages.folder.resolve("deep"), 12, 12),
            "--features",
            features,
            "--picture",
            SCENE,
            "--question",
            "where is the ring and how many hearts are there in the picture of the scene?"));
    return pages.written;
  }
}
