package io.github.visualbert.spark;

import io.github.visualbert.ask.TaskName;
import java.io.Serializable;

/**
 * What is asked of a model, the same on every node.
 *
 * @param topK maximum answers of each ranking
 * @param lastHiddenState whether {@code encode} gives every row of the last layer
 */
record AskSettings(ModelSettings model, int topK, boolean lastHiddenState, ErrorMode errors)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int TOP_K = 5;

  /**
   * Reads the settings of a task.
   *
   * @throws IllegalArgumentException when one is missing or invalid
   */
  static AskSettings of(TaskName task, OptionMap options) {
    AskSettings settings =
        new AskSettings(
            ModelSettings.of(task, options),
            options.count("topK", TOP_K),
            options.flag("lastHiddenState", false),
            options.errors());
    if (settings.lastHiddenState && task != TaskName.ENCODE) {
      throw options.refusal("lastHiddenState", "true", "false: it goes with task encode");
    }
    return settings;
  }

  TaskName task() {
    return model.task();
  }
}
