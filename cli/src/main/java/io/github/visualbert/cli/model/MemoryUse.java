package io.github.visualbert.cli.model;

import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.Footprint;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.Checkpoint;
import io.github.visualbert.weights.TensorInfo;
import java.util.HashSet;
import java.util.Set;

/**
 * What an open model occupies, beside the JVM itself.
 *
 * @param mapped bytes of the weights that are used where the file has them: in the page cache, once
 *     for all processes that open the file
 * @param copied bytes of weights that every process has for itself: those that lie in the file in
 *     another way than they are read (F64, compressed, or scattered in their storage), and biases
 *     and layer norms as floats
 * @param scratch bytes that a forward pass of {@link #BATCH} takes; each pass that runs at the same
 *     time takes as much
 */
public record MemoryUse(long mapped, long copied, long scratch) {
  /** Sequences, tokens and regions of the batch that {@link #scratch} is stated for. */
  static final int BATCH = 8;

  static final int TEXT = 20;
  static final int REGIONS = 36;

  /** Measures a checkpoint without reading its numbers. */
  public static MemoryUse of(Checkpoint checkpoint, Architecture model) {
    long mapped = 0;
    long copied = 0;
    Set<Long> seen = new HashSet<>(); // tied parameters are one
    for (String name : LoadAudit.of(checkpoint, model).used()) {
      TensorInfo info = checkpoint.info(name);
      if (info.supportedDType().isEmpty()) {
        continue; // which cannot be used, as the audit says
      }
      Tensor tensor = checkpoint.source().tensor(info.name());
      if (!seen.add(tensor.data().address())) {
        continue;
      }
      if (tensor.data().isMapped()) {
        mapped += info.byteSize();
      } else {
        copied += info.byteSize();
      }
      if (tensor.rank() == 1 || tensor.dtype() == DType.F64) {
        copied += Float.BYTES * info.elementCount();
      }
    }
    return new MemoryUse(
        mapped, copied, new Footprint(model.config(), BATCH, TEXT, REGIONS).scratch());
  }

  public void addTo(TextTable table, String label) {
    table
        .row(label, mebibytes(mapped) + " mapped, shared by all processes that open the file")
        .row("", mebibytes(copied) + " of copies in each process")
        .row(
            "",
            "%s of scratch for each batch of %d texts of %d tokens with %d regions; up to %s a thread"
                .formatted(
                    mebibytes(scratch), BATCH, TEXT, REGIONS, mebibytes(Footprint.PER_THREAD)));
  }

  public void write(JsonWriter json) {
    json.name("memory").beginObject().field("mapped", mapped).field("copied", copied);
    json.name("scratch").beginObject();
    json.field("batch", BATCH).field("text", TEXT).field("regions", REGIONS);
    json.field("bytes", scratch).field("bytes_per_thread", Footprint.PER_THREAD);
    json.endObject().endObject();
  }

  private static String mebibytes(long bytes) {
    return "%.1f MiB".formatted(bytes / 1048576.0);
  }
}
