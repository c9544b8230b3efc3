package io.github.visualbert.simd;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.KernelProvider;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Truncates a file of weights that kernels have mapped, and prints what the next product does. A
 * separate program, because a failure ends the JVM.
 */
final class TruncateWeights {
  private static final int OUT = 96;
  private static final int IN = 512;
  private static final int ROWS = 40;

  /** Bytes before the weights, as in a safetensors file. */
  private static final int HEADER = 64;

  /** Enough products for C2 to compile everything. */
  private static final int WARM = 600;

  private TruncateWeights() {}

  /** Takes a file to write and the expected vector width in bits. */
  public static void main(String[] args) throws IOException, KernelProvider.UnavailableException {
    if (Lanes.BITS != Integer.parseInt(args[1])) {
      throw new AssertionError(Lanes.BITS + "-bit vectors");
    }
    for (DType dtype : List.of(DType.BF16, DType.F16, DType.F32)) {
      System.out.println(dtype + " " + truncate(Path.of(args[0]), dtype));
    }
  }

  private static String truncate(Path file, DType dtype)
      throws IOException, KernelProvider.UnavailableException {
    Kernels kernels = new VectorKernelProvider().create();
    int bytes = OUT * IN * dtype.byteSize();
    Files.write(file, new byte[HEADER + bytes]);
    try (Arena arena = Arena.ofShared();
        Workspace workspace = new Workspace();
        Workers workers = Workers.of(2);
        RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      MemorySegment data = open.getChannel().map(MapMode.READ_ONLY, HEADER, bytes, arena);
      LinearWeights weights = kernels.prepare(new Tensor(dtype, new long[] {OUT, IN}, data), null);
      Execution execution = new Execution(workers, workspace);
      Matrix x = workspace.matrix(ROWS, IN, Layout.PANELS);
      Matrix y = workspace.matrix(ROWS, OUT, Layout.PANELS);
      for (int i = 0; i < WARM; i++) {
        kernels.linear(execution, x, weights, Activation.LINEAR, y);
      }
      open.setLength(0);
      kernels.linear(execution, x, weights, Activation.LINEAR, y);
      return "is not noticed";
    } catch (InternalError fault) {
      return "is noticed";
    }
  }
}
