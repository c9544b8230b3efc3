package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.detect.features.FeatureLayout;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.RegionDetectorBuilder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option of {@code detect} that asks for the files of another program. */
final class LayoutOption {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = {
        "Write the files of a reference's program: pythia (a folder of .npy and _info.npz), lxmert"
            + " or bottom-up",
        "(.tsv, or a folder of them), nlvr2 (a folder of .npz, or all in one .safetensors)."
      })
  private String name;

  /**
   * Returns the layout that is asked for, or null.
   *
   * @throws ParameterException when there is none of that name
   */
  FeatureLayout layout() {
    if (name == null) {
      return null;
    }
    return FeatureLayout.of(name)
        .orElseThrow(
            () ->
                usage(
                    "--layout is '%s', expected one of %s".formatted(name, FeatureLayout.names())));
  }

  /** Sets how many regions a picture gets, where the files are to hold a certain number. */
  RegionDetectorBuilder applyTo(RegionDetectorBuilder builder) {
    int wanted = name == null ? 0 : layout().detections();
    return wanted == 0 ? builder : builder.detections(wanted, wanted);
  }

  /**
   * Checks that a detector knows what the files hold.
   *
   * @throws ParameterException when it does not
   */
  void check(RegionDetector detector) {
    if (name != null) {
      layout()
          .refusal(detector)
          .ifPresent(
              refusal -> {
                throw usage(refusal);
              });
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
