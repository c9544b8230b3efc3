package io.github.visualbert.cli.inspect;

import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.detector.DetectorFacts;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.weights.TensorSource;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;

/**
 * The findings of {@code inspect} on the folder of a detector.
 *
 * @param file the weights
 * @param format how they are stored, in words
 * @param facts null when the weights do not fit the configuration
 * @param misfit why they do not; null when they do
 */
record DetectorReport(
    Path file,
    String format,
    Map<String, String> metadata,
    TensorList tensors,
    DetectorFacts facts,
    ModelException misfit) {

  /**
   * Reads the weights, all elements included.
   *
   * @throws ModelException when the weights must not be used
   */
  static DetectorReport of(DetectorFolder folder, ProgressBar progress) {
    try (Arena arena = Arena.ofShared();
        TensorSource source = TensorSource.open(folder.folder(), arena)) {
      TensorList tensors = TensorList.read(source, progress);
      DetectorFacts facts = null;
      ModelException misfit = null;
      try (RegionDetector detector =
          folder.builder().provider(KernelSelection.SCALAR).threads(1).open()) {
        facts = DetectorFacts.of(detector);
      } catch (ModelException e) {
        misfit = e;
      }
      return new DetectorReport(
          source.path(), source.format().description(), source.metadata(), tensors, facts, misfit);
    }
  }

  /** Throws the reason why the weights do not fit, if they do not. */
  void orThrow() {
    if (misfit != null) {
      throw misfit;
    }
  }

  void print(PrintWriter out) {
    tensors.print(out);
    out.println();
    TextTable summary = new TextTable("ll").row("file", file + ", " + format);
    tensors.addTo(summary);
    metadata.forEach((key, value) -> summary.row("metadata", key + ": " + value));
    tensors.notFinite().forEach(name -> summary.row("not finite", name));
    if (facts != null) {
      facts.addTo(summary);
    }
    summary.row("fits", misfit == null ? "yes" : "no");
    summary.print(out, "");
  }

  String json() {
    JsonWriter json = new JsonWriter().beginObject();
    json.field("file", file.toString()).field("format", format);
    json.field("bytes", tensors.bytes()).field("numbers", tensors.numbers());
    json.name("metadata").beginObject();
    metadata.forEach(json::field);
    json.endObject();
    tensors.write(json);
    if (facts != null) {
      json.name("detector").beginObject();
      facts.write(json);
      json.endObject();
    }
    return json.endObject().toString();
  }
}
