package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.cases.CaseRun;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.detector.DetectionCache;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.DemoModels;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.picture.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code visualbert detect}: pictures in, regions and their features out. */
@Command(
    name = "detect",
    description = "Find the regions of pictures with an object detector.",
    footer = {
      "",
      "In a file of several pictures, the features of cat.png are called cat: run --features"
          + " regions.npz#cat.",
      "A picture that cannot be used is reported on standard error and makes the exit code 3; all"
          + " others are",
      "done.",
      "",
      "Examples:",
      "  visualbert detect --image cat.png",
      "  visualbert detect --image cat.png --draw cat.svg --format json",
      "  visualbert detect --detector DIR --image photos --output regions.npz --resume",
      "  visualbert detect --detector DIR --input list.txt --output features --output-format npy",
      "  visualbert detect --detector DIR --image photos --output features --layout pythia",
      "  visualbert detect --cases DIR --outputs DIR"
    })
public final class DetectCommand extends ConsoleCommand {
  @Option(
      names = "--detector",
      paramLabel = "DIR",
      description =
          "Folder of the detector: its configuration (config.json or YAML), weights and label"
              + " files; or its name on the hub, once pulled; the demo detector by default.")
  private Path detector;

  @Option(
      names = "--labels",
      paramLabel = "DIR",
      description =
          "Folder of objects_vocab.txt and attributes_vocab.txt, or"
              + " visual_genome_categories.json; the detector's by default.")
  private Path labels;

  @Option(
      names = "--feature-cache",
      paramLabel = "DIR",
      description = "Keep detections there, and look there first; run has the same option.")
  private Path featureCache;

  @Option(
      names = "--cases",
      paramLabel = "DIR",
      description = {
        "Run every folder below DIR whose case.json names a detector, and write every stage.",
        "One that is refused leaves error.txt."
      })
  private Path cases;

  @Option(
      names = "--outputs",
      paramLabel = "DIR",
      description = "With --cases: where the outputs go.")
  private Path outputs;

  @Mixin private PictureOptions input;

  @Mixin private OutputOptions output;

  @Mixin private LayoutOption layout;

  @Mixin private FormatOption format;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    compute.threads();
    if (cases != null || outputs != null) {
      return runCases();
    }
    List<PictureFile> pictures = input.pictures();
    boolean one = input.isOne();
    output.check(one, pictures, layout.layout());
    if (output.given() && !one) {
      input.requireDifferentNames(pictures);
    }
    DetectorFolder folder = folder();
    try (RegionDetector opened =
            compute.applyTo(builder(folder), folder.folder(), pictures.size()).open();
        ScratchFolder scratch = scratch(one)) {
      layout.check(opened);
      Path kept = featureCache != null ? featureCache : scratch.path();
      Function<Path, Detection> eyes =
          kept == null ? opened::detect : new DetectionCache(kept, opened)::detect;
      DetectRun run = new DetectRun(this, eyes, opened.kind(), output, format.isJson(), one);
      int code;
      if (output.writesFeatures()) {
        try (FeatureOutput features = output.open(opened, one, eyes)) {
          code = run.run(pictures, features);
        }
      } else {
        code = run.run(pictures, null);
      }
      scratch.delete();
      return code;
    }
  }

  private int runCases() {
    if (cases == null || outputs == null) {
      throw usage("--cases and --outputs go together");
    }
    if (detector != null || labels != null || input.given() || output.given()) {
      throw usage("--cases stands alone: --detector, pictures and --output belong to other runs");
    }
    compute.provider(); // an invalid option is nobody's case
    List<Path> found = CaseRun.find(cases, DetectCase::isIn, "a case.json that names a detector");
    return new CaseRun(this, outputs, this::runCase).run(found);
  }

  private void runCase(Path folder, Path target) {
    DetectCase each = new DetectCase(folder);
    StageFile stages = new StageFile();
    if (each.givesRegions()) {
      try (VcrTower tower = compute.applyTo(each.tower()).open()) {
        tower.trace(Picture.read(each.picture()), each.regions(), stages);
      }
    } else {
      try (RegionDetector opened = compute.applyTo(each.detector()).open()) {
        opened.trace(Picture.read(each.picture()), stages);
      }
    }
    stages.write(target);
  }

  private DetectorFolder folder() {
    return DetectorFolder.require(
        detector != null
            ? detector
            : DemoModels.findDetector()
                .orElseThrow(() -> usage("expected --detector: there is no demo detector here")));
  }

  private RegionDetectorBuilder builder(DetectorFolder folder) {
    RegionDetectorBuilder builder = layout.applyTo(folder.builder());
    if (labels != null) {
      if (!Files.isDirectory(labels)) {
        throw usage("--labels " + labels + ": expected a folder");
      }
      builder.labels(labels);
    }
    return builder;
  }

  /** A file of several pictures is written from detections on disk, not from memory. */
  private ScratchFolder scratch(boolean one) {
    return output.isFile() && featureCache == null && (!one || output.resumes())
        ? output.resumes()
            ? ScratchFolder.lasting(output.partial())
            : ScratchFolder.passing(output.partial())
        : ScratchFolder.none();
  }
}
