package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint like those that are published for VQA, given the regions of each detector. */
class WrongDetectorTest {
  private static final Path SCENE = Cli.DEMO.resolve("images/scene-1.png");
  private static final Path OTHER = Cli.DEMO.resolve("images/scene-2.png");

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void makeModel() throws IOException {
    model = TinyModel.write(folder.resolve("model"), DType.F32);
    Cli.write(folder.resolve("labels.txt"), "yes\n".repeat(TinyModel.ANSWERS));
  }

  private Cli.Result ask(Path detector, Path... pictures) {
    Object[] args = {
      "run",
      "--task",
      "vqa",
      "--provider",
      "scalar",
      "--question",
      "what is there?",
      "--model",
      model,
      "--labels",
      folder.resolve("labels.txt"),
      "--detector",
      detector,
      "--image"
    };
    Object[] all = Arrays.copyOf(args, args.length + pictures.length);
    System.arraycopy(pictures, 0, all, args.length, pictures.length);
    return Cli.run(all);
  }

  @Test
  void bottomUpAttentionIsWarnedOfOnce() {
    Path butd =
        WideDetector.write(
            folder.resolve("butd"),
            "butd_small",
            Map.of(72L, 2048L, 81L, 2057L),
            "\"res2_out_channels\"",
            "\"unstated\"");
    Cli.Result result = ask(butd, SCENE, OTHER);
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("yes");
    assertThat(result.err().strip())
        .isEqualTo(
            "visualbert run: warning: "
                + SCENE
                + ": the detector butd gives features of bottom-up attention's ResNet-101-C4 (mean"
                + " of res5), but the checkpoint was trained on those of a ResNeXt-FPN detector of"
                + " Pythia or MMF (fc6): give it the detector pythia; expect wrong answers");
  }

  @Test
  void theDetectorThatItWasTrainedOnIsNot() {
    Path pythia =
        WideDetector.write(
            folder.resolve("pythia"),
            "pythia_small",
            Map.of(20L, 2048L),
            "\"MLP_HEAD_DIM\": 20",
            "\"MLP_HEAD_DIM\": 2048");
    assertThat(ask(pythia, SCENE, OTHER).answer()).contains("yes");
  }

  @Test
  void regionsOfAnotherWidthNameTheRightDetector() {
    Path detector = Cli.GOLDENS.resolve("detectors/cases/mask_rcnn_small");
    assertThat(ask(detector, SCENE).refusal(ExitCode.BAD_INPUT))
        .contains(
            SCENE + ": visual_embeds has 18 columns, the model's visual_embedding_dim is 2048")
        .endsWith("Pythia or MMF (fc6): give it those of the detector pythia");
  }
}
