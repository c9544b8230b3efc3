package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.KernelProvider.UnavailableException;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.ScalarKernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.simd.VectorKernelProvider;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Kernels, workers, and random matrices and weights, all freed together. */
final class Operands implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Random random = new Random(1);
  private final Workers workers;

  final Kernels kernels;
  final Execution execution;

  Operands(String provider, int threads) {
    workers = Workers.of(threads);
    execution = new Execution(workers, new Workspace());
    kernels = kernels(provider);
  }

  static Kernels kernels(String provider) {
    try {
      return provider.equals("scalar") ? new ScalarKernels() : new VectorKernelProvider().create();
    } catch (UnavailableException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns random numbers in (-1/2, 1/2), also in lanes beyond the rows. */
  Matrix matrix(int rows, int columns, Matrix.Layout layout) {
    long floats = Matrix.floats(rows, columns, layout);
    MemorySegment data = arena.allocate(floats * Float.BYTES, 64);
    for (long i = 0; i < floats; i++) {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    return new Matrix(data, rows, columns, layout);
  }

  /** Returns maps of random numbers, stacked unless {@code maps} is 0. */
  FeatureMap map(int maps, int channels, int height, int width) {
    FeatureMap map =
        maps == 0
            ? FeatureMap.of(execution.workspace(), channels, height, width)
            : FeatureMap.stacked(execution.workspace(), maps, channels, height, width);
    MemorySegment data = map.matrix().data();
    for (long i = 0; i < data.byteSize() / Float.BYTES; i++) {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    return map;
  }

  /** Returns weights of about unit gain, and a bias. */
  LinearWeights weights(int out, int in, DType dtype) {
    Tensor weight = new Tensor(dtype, new long[] {out, in}, random(out, in, dtype));
    return kernels.prepare(weight, Tensor.of(vector(out), out));
  }

  /** Returns the weights of a convolution, of about unit gain. */
  Tensor weight(int out, int in, int size, DType dtype) {
    return new Tensor(
        dtype, new long[] {out, in, size, size}, random(out, in * size * size, dtype));
  }

  private MemorySegment random(int out, int in, DType dtype) {
    MemorySegment data = arena.allocate((long) out * in * dtype.byteSize(), 64);
    float scale = (float) Math.sqrt(12.0 / in);
    for (long i = 0; i < (long) out * in; i++) {
      float value = (random.nextFloat() - 0.5f) * scale;
      switch (dtype) {
        case F32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        case F16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(value));
        case BF16 ->
            data.setAtIndex(
                ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
        default -> throw new IllegalArgumentException(dtype.toString());
      }
    }
    return data;
  }

  float[] vector(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  @Override
  public void close() {
    workers.close();
    execution.workspace().close();
    arena.close();
  }
}
