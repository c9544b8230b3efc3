package io.github.visualbert.cli.forward;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.model.InvalidArgumentException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs the forward passes of all cases in a folder, one after the other. A case that fails does not
 * stop the rest.
 *
 * <p>A case leaves {@code outputs.safetensors} with all outputs, hidden states and attentions in
 * the folder of its name, or {@code error.txt} with the reason why it was refused.
 */
final class ForwardCases {
  private static final String OUTPUTS = "outputs.safetensors";
  private static final String ERROR = "error.txt";

  private final Path outputs;
  private final ComputeOptions compute;
  private int done;
  private int refused;
  private String fault; // the first internal error

  /**
   * Makes a run.
   *
   * @param outputs the folder that receives a folder for each case; made when it is missing
   */
  ForwardCases(Path outputs, ComputeOptions compute) {
    this.outputs = outputs;
    this.compute = compute;
  }

  /**
   * Finds the cases at any depth below a folder, in the order of their paths.
   *
   * @throws InputException when there are none, or two of one name, whose outputs would be one file
   */
  static List<ForwardCase> find(Path folder) {
    List<ForwardCase> cases = new ArrayList<>();
    Map<String, Path> seen = new HashMap<>();
    try (Stream<Path> below = Files.walk(folder.toRealPath())) {
      below
          .skip(1) // the folder itself
          .filter(ForwardCase::isIn)
          .sorted()
          .forEach(found -> cases.add(new ForwardCase(found)));
    } catch (IOException | UncheckedIOException e) {
      throw new InputException(
          Kind.UNREADABLE, "%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
    }
    for (ForwardCase found : cases) {
      Path other = seen.put(found.name(), found.folder());
      if (other != null) {
        throw new InputException(
            Kind.MISMATCH,
            "%s and %s: expected cases of different names".formatted(other, found.folder()));
      }
    }
    if (cases.isEmpty()) {
      throw new InputException(
          Kind.MISMATCH,
          folder + ": expected folders with config.json and inputs.safetensors, found none");
    }
    return cases;
  }

  /**
   * Runs the cases.
   *
   * @param out receives the counts
   * @param err receives the first internal error
   * @return the exit code; refused cases do not change it
   */
  int run(List<ForwardCase> cases, PrintWriter out, PrintWriter err) {
    for (ForwardCase each : cases) {
      Path folder = OutputFile.makeFolder(outputs.resolve(each.name()));
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
    out.println("%d cases: %d done, %d refused".formatted(cases.size(), done, refused));
    if (fault != null) {
      err.println("visualbert forward: internal error: " + fault);
      return ExitCode.INTERNAL_ERROR;
    }
    return ExitCode.OK;
  }

  /** Runs one case and returns why it was refused, or null. */
  private String run(ForwardCase each, Path target) {
    try (Arena arena = Arena.ofShared();
        VisualBert model = compute.applyTo(each.model()).open()) {
      ForwardFiles.write(
          target, model.forward().run(ForwardFiles.read(each.inputs(), arena), true, true));
      return null;
    } catch (VisualBertException | InvalidArgumentException e) {
      return e.getMessage();
    } catch (OutputException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      if (fault == null) {
        fault = each.name() + ": " + e;
      }
      return "internal error: " + e;
    }
  }
}
