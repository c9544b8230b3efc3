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
 * The memory that an open model needs, in addition to the JVM's own.
 *
 * @param mapped bytes of weights used in place from the mapped file, in the page cache, which all
 *     processes that open the file share
 * @param copied bytes of weights that each process copies: those that the kernels cannot read in
 *     the file's layout (F64, compressed, or not contiguous), and biases and layer norms as floats
 * @param scratch bytes of scratch memory of a forward pass of {@link #BATCH}; each concurrent pass
 *     takes as much
 */
public record MemoryUse(long mapped, long copied, long scratch) {
  /** Sequences, tokens and regions of the batch that {@link #scratch} is stated for. */
  static final int BATCH = 8;

  static final int TEXT = 20;
  static final int REGIONS = 36;

  /** Measures a checkpoint without reading its weights. */
  public static MemoryUse of(Checkpoint checkpoint, Architecture model) {
    long mapped = 0;
    long copied = 0;
    Set<Long> seen = new HashSet<>(); // tied parameters share one tensor
    for (String name : LoadAudit.of(checkpoint, model).used()) {
      TensorInfo info = checkpoint.info(name);
      if (info.supportedDType().isEmpty()) {
        continue; // the audit reports it as unusable
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
