package io.github.visualbert.cli.console;

import io.github.visualbert.ask.TaskName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the names of tasks. */
public final class TaskConverter implements ITypeConverter<TaskName> {
  @Override
  public TaskName convert(String value) {
    return TaskName.of(value)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected vqa, nlvr2, vcr, flickr, pretrain or encode, found '" + value + "'"));
  }
}
