package io.github.visualbert.cli.cases;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.model.InvalidArgumentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Runs all cases in a folder, one after the other. A case that fails does not stop the rest.
 *
 * <p>A case leaves {@code outputs.safetensors} in the folder of its name, or {@code error.txt} with
 * the reason why it was refused.
 */
public final class CaseRun {
  private static final String OUTPUTS = "outputs.safetensors";
  private static final String ERROR = "error.txt";

  private final ConsoleCommand command;
  private final Path outputs;
  private final Computation computation;
  private int done;
  private int refused;
  private String fault; // the first internal error

  /** Computes one case. */
  @FunctionalInterface
  public interface Computation {
    /**
     * Writes the outputs of a case.
     *
     * @param folder the folder of the case
     * @param target the file that receives the outputs
     * @throws VisualBertException when the case is refused
     */
    void run(Path folder, Path target);
  }

  /**
   * Makes a run.
   *
   * @param command receives the counts and the first internal error
   * @param outputs the folder that receives a folder for each case; made when it is missing
   */
  public CaseRun(ConsoleCommand command, Path outputs, Computation computation) {
    this.command = command;
    this.outputs = outputs;
    this.computation = computation;
  }

  /**
   * Finds the cases at any depth below a folder, in the order of their paths.
   *
   * @param isCase whether a folder holds a case
   * @param expected what such a folder holds, for messages
   * @throws InputException when there are none, or two of one name, whose outputs would be one file
   */
  public static List<Path> find(Path folder, Predicate<Path> isCase, String expected) {
    List<Path> cases;
    try (Stream<Path> below = Files.walk(folder.toRealPath())) {
      cases = below.skip(1).filter(isCase).sorted().toList(); // without the folder itself
    } catch (IOException | UncheckedIOException e) {
      throw new InputException(
          Kind.UNREADABLE, "%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
    }
    Map<Path, Path> seen = new HashMap<>();
    for (Path found : cases) {
      Path other = seen.put(found.getFileName(), found);
      if (other != null) {
        throw new InputException(
            Kind.MISMATCH, "%s and %s: expected cases of different names".formatted(other, found));
      }
    }
    if (cases.isEmpty()) {
      throw new InputException(
          Kind.MISMATCH, "%s: expected folders with %s, found none".formatted(folder, expected));
    }
    return cases;
  }

  /**
   * Runs the cases.
   *
   * @return the exit code; refused cases do not change it
   */
  public int run(List<Path> cases) {
    for (Path each : cases) {
      Path folder = OutputFile.makeFolder(outputs.resolve(each.getFileName()));
      String error = run(each, folder.resolve(OUTPUTS));
      if (error == null) {
        OutputFile.delete(folder.resolve(ERROR)); // of an earlier run
        done++;
      } else {
        OutputFile.write(folder.resolve(ERROR), text -> text.write(error + "\n"));
        OutputFile.delete(folder.resolve(OUTPUTS));
        refused++;
      }
    }
    command.out().println("%d cases: %d done, %d refused".formatted(cases.size(), done, refused));
    if (fault != null) {
      command.err().println(command.spec().qualifiedName() + ": internal error: " + fault);
      return ExitCode.INTERNAL_ERROR;
    }
    return ExitCode.OK;
  }

  /** Runs one case and returns why it was refused, or null. */
  private String run(Path folder, Path target) {
    try {
      computation.run(folder, target);
      return null;
    } catch (VisualBertException | InvalidArgumentException e) {
      return e.getMessage();
    } catch (OutputException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      if (fault == null) {
        fault = folder.getFileName() + ": " + e;
      }
      return "internal error: " + e;
    }
  }
}
