package io.github.visualbert.cli.model;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.weights.NameList;
import io.github.visualbert.weights.TensorInfo;
import java.util.List;

/** The warning about tensors that a model was opened without. */
public final class IgnoredTensors {
  private IgnoredTensors() {}

  /** Prints one line on standard error if there are such tensors. */
  public static void warn(ConsoleCommand command, VisualBert model) {
    List<String> ignored = model.ignoredTensors().stream().map(TensorInfo::quote).toList();
    if (!ignored.isEmpty()) {
      command
          .err()
          .println(
              "%s: warning: not used, as no part of a VisualBERT: %s"
                  .formatted(
                      command.spec().qualifiedName(),
                      Printable.of(
                          NameList.counted(ignored.size() == 1 ? "tensor" : "tensors", ignored))));
    }
  }
}
