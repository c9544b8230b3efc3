package io.github.visualbert.cli.explain;

import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.task.HeadSelection;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that choose heads of a model. */
final class HeadOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--layer",
      paramLabel = "N",
      description = "A layer, from 0; all by default. A page begins with it.")
  private Integer layer;

  @Option(
      names = "--head",
      paramLabel = "N",
      description = "A head of its layer, from 0; all by default. A page begins with it.")
  private Integer head;

  /** Returns the selected heads. */
  HeadSelection selection() {
    return new HeadSelection(
        layer == null ? HeadSelection.EVERY : layer, head == null ? HeadSelection.EVERY : head);
  }

  /** Returns whether one head is selected. */
  boolean isOne() {
    return layer != null && head != null;
  }

  /**
   * Checks the numbers, as far as that can be done before a model is open.
   *
   * @throws ParameterException when one is negative
   */
  void check() {
    require("--layer", layer, Integer.MAX_VALUE);
    require("--head", head, Integer.MAX_VALUE);
  }

  /**
   * Checks that a model has the heads.
   *
   * @throws ParameterException when it has not
   */
  void check(AttentionGrounding model) {
    require("--layer", layer, model.layers());
    require("--head", head, model.heads());
  }

  private void require(String option, Integer number, int count) {
    if (number != null && (number < 0 || number >= count)) {
      throw new ParameterException(
          command.commandLine(),
          number < 0
              ? "%s is %d, expected a number from 0".formatted(option, number)
              : "%s is %d, the model has %d to choose from, 0 to %d"
                  .formatted(option, number, count, count - 1));
    }
  }
}
