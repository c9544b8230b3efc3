package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.NumberScan;
import io.github.visualbert.weights.TensorInfo;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The tensors of a detector by name, made into layers, and everything that is wrong with them.
 *
 * <p>Reads numbers, so whoever uses it does so in {@link TensorSource#reading}. Whoever asks for a
 * layer states its sizes. One that is missing or of another shape is noted and null is returned, so
 * that a network is built to its end; {@link #orThrow} then names all that was noted, and every
 * tensor that nobody asked for.
 */
final class DetectorWeights {
  /** The most names of one kind in a message, which is one line. */
  private static final int MAX_NAMES = 8;

  /** A number that stands for that of any block. */
  private static final String ANY_BLOCK = "7777777";

  /** What a data-parallel wrapper puts in front of every name. */
  static final String WRAPPER = "module.";

  private final TensorSource source;
  private final Kernels kernels;
  private final Arena arena;
  private final double epsilon;
  private final WeightsForm form;
  private boolean batchStatistics;
  private final Map<String, String> stored = new LinkedHashMap<>(); // names in the file
  private final Set<String> asked = new HashSet<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> misshapen = new ArrayList<>();
  private final List<String> contradictions = new ArrayList<>();
  private final OwnMemory memory = new OwnMemory();

  /**
   * @param arena owns the weights that are not used where they are
   * @param epsilon what batch norm adds to the variance
   */
  DetectorWeights(
      TensorSource source, Kernels kernels, Arena arena, double epsilon, WeightsForm form) {
    this.source = source;
    this.kernels = kernels;
    this.arena = arena;
    this.epsilon = epsilon;
    this.form = form;
    for (String name : source.names()) {
      stored.put(name.startsWith(WRAPPER) ? name.substring(WRAPPER.length()) : name, name);
    }
    ignore(form::ignores);
  }

  /** Returns whether the file holds nothing that a network needs. */
  boolean isEmpty() {
    return asked.containsAll(stored.keySet());
  }

  /** Returns an exception of kind MISMATCH that names the file. */
  ModelException mismatch(String what) {
    return new ModelException(Kind.MISMATCH, source.path() + ": " + what);
  }

  boolean has(String name) {
    return stored.containsKey(form.nameOf(name));
  }

  /**
   * Returns a size of a tensor whose other sizes are not known yet.
   *
   * @param otherwise the size when there is no such tensor, or it has another rank
   */
  int size(String name, int dimension, int rank, int otherwise) {
    if (has(name)) {
      List<Long> shape = source.info(stored.get(form.nameOf(name))).shape();
      if (shape.size() == rank && shape.get(dimension) <= Integer.MAX_VALUE) {
        return Math.toIntExact(shape.get(dimension));
      }
    }
    return otherwise;
  }

  /** Returns how many different numbers of blocks the names of a stage hold. */
  int blocks(String stage) {
    String written = form.nameOf(stage + "." + ANY_BLOCK + ".conv1.weight");
    String start = written.substring(0, written.indexOf(ANY_BLOCK));
    Set<String> numbers = new HashSet<>();
    for (String name : stored.keySet()) {
      if (name.startsWith(start)) {
        int end = start.length();
        while (end < name.length() && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
          end++;
        }
        numbers.add(name.substring(start.length(), end));
      }
    }
    numbers.remove("");
    return numbers.size();
  }

  /** Notes a size of the weights that the configuration states otherwise. */
  void agree(String key, int stated, String what, int found) {
    if (stated != DetectorConfig.UNSTATED && stated != found) {
      contradictions.add(
          "%s of the configuration means %d %s, the weights have %d"
              .formatted(key, stated, what, found));
    }
  }

  /** Returns a tensor of floating-point numbers of exactly this shape, or null. */
  Tensor tensor(String called, long... shape) {
    String name = form.nameOf(called);
    asked.add(name);
    String expected = Arrays.toString(shape);
    if (!stored.containsKey(name)) {
      missing.add(name + " " + expected);
      return null;
    }
    TensorInfo info = source.info(stored.get(name));
    if (!info.shape().toString().equals(expected)) {
      misshapen.add("%s expected %s, found %s".formatted(name, expected, info.shape()));
      return null;
    }
    if (info.shape().contains(0L)) {
      misshapen.add("%s expected numbers, found none in %s".formatted(name, info.shape()));
      return null;
    }
    if (!info.supportedDType().map(DType::isFloatingPoint).orElse(false)) {
      misshapen.add("%s expected floating-point numbers, found %s".formatted(name, info.dtype()));
      return null;
    }
    Tensor tensor = source.tensor(info.name());
    if (!memory.take(tensor.data())) {
      misshapen.add(name + " expected numbers of its own, found those of another tensor");
      return null;
    }
    return tensor.dtype() == DType.F64 ? toF32(tensor) : tensor;
  }

  private Tensor toF32(Tensor tensor) {
    MemorySegment copy = arena.allocate(Float.BYTES * tensor.elementCount(), 64);
    for (long i = 0; i < tensor.elementCount(); i++) {
      copy.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, tensor.getFloat(i));
    }
    return new Tensor(DType.F32, tensor.shape(), copy);
  }

  /** Returns the numbers of a tensor, or null. */
  float[] floats(String name, long... shape) {
    Tensor tensor = tensor(name, shape);
    return tensor == null ? null : tensor.toFloatArray();
  }

  /** Makes norms take the statistics of the map, from here on, or the stored ones. */
  void useBatchStatistics(boolean wanted) {
    batchStatistics = wanted;
  }

  /**
   * Returns a convolution without bias and the batch norm that follows it, or null: {@code
   * name.weight} (out, in / groups, rows, columns) and {@code name.norm.*} (out).
   */
  NormedConvolution normed(
      String name, int out, int in, Window window, int groups, Activation activation) {
    Tensor weight = convolution(name, out, in, window, groups);
    float[] gain = floats(name + ".norm.weight", out);
    float[] bias = floats(name + ".norm.bias", out);
    if (!form.hasStatistics()) {
      return weight == null || gain == null || bias == null
          ? null
          : frozen(weight, gain, bias, window, groups, activation);
    }
    float[] mean = floats(name + ".norm.running_mean", out);
    float[] variance = floats(name + ".norm.running_var", out);
    asked.add(form.nameOf(name + ".norm.num_batches_tracked"));
    if (weight == null || gain == null || bias == null || mean == null || variance == null) {
      return null;
    }
    if (batchStatistics) {
      return new NormedConvolution(
          Convolution.of(
              kernels, weight, ones(out), new float[out], window, groups, Activation.LINEAR, arena),
          new NormedConvolution.BatchNorm(gain, bias, epsilon, activation));
    }
    FrozenBatchNorm norm = FrozenBatchNorm.of(gain, bias, mean, variance, epsilon);
    return frozen(weight, norm.scale(), norm.shift(), window, groups, activation);
  }

  private NormedConvolution frozen(
      Tensor weight,
      float[] scale,
      float[] shift,
      Window window,
      int groups,
      Activation activation) {
    return new NormedConvolution(
        Convolution.of(kernels, weight, scale, shift, window, groups, activation, arena), null);
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Returns a convolution with a bias, or null. */
  Convolution biased(String name, int out, int in, Window window, Activation activation) {
    Tensor weight = convolution(name, out, in, window, 1);
    float[] bias = floats(name + ".bias", out);
    if (weight == null || bias == null) {
      return null;
    }
    return Convolution.of(kernels, weight, ones(out), bias, window, 1, activation, arena);
  }

  private Tensor convolution(String name, int out, int in, Window window, int groups) {
    if (out % groups != 0 || in % groups != 0) {
      contradictions.add(
          "%s has %d channels in and %d out, which are no %d groups"
              .formatted(name, in, out, groups));
      return null;
    }
    return tensor(name + ".weight", out, in / groups, window.size(), window.size());
  }

  /** Returns a linear layer, or null: {@code name.weight} (out, in) and {@code name.bias} (out). */
  LinearWeights linear(String name, int out, int in) {
    Tensor weight = tensor(name + ".weight", out, in);
    Tensor bias = tensor(name + ".bias", out);
    return weight == null || bias == null ? null : kernels.prepare(weight, bias);
  }

  /** Accepts tensors that the network does without. */
  void ignore(Predicate<String> names) {
    stored.keySet().stream().filter(names).forEach(asked::add);
  }

  /**
   * Throws unless every layer was there and every tensor belongs to one.
   *
   * @throws ModelException of kind MISMATCH that names everything that is wrong
   */
  void orThrow() {
    List<String> unexpected =
        stored.keySet().stream()
            .filter(name -> !asked.contains(name))
            .map(TensorInfo::quote)
            .toList();
    List<String> problems = new ArrayList<>(contradictions);
    describe("missing", missing, problems);
    describe("unexpected", unexpected, problems);
    describe("of another shape or kind", misshapen, problems);
    if (!problems.isEmpty()) {
      throw mismatch("does not fit the detector: " + String.join("; ", problems));
    }
  }

  private static void describe(String what, List<String> names, List<String> problems) {
    if (!names.isEmpty()) {
      String rest =
          names.size() > MAX_NAMES ? ", and %d more".formatted(names.size() - MAX_NAMES) : "";
      String first = String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMES)));
      problems.add("%d %s: %s%s".formatted(names.size(), what, first, rest));
    }
  }

  /** Returns the name of the first tensor that holds NaN or infinity; reads all of them. */
  static Optional<String> notFinite(TensorSource source) {
    for (String name : source.names()) {
      boolean number = source.info(name).supportedDType().map(DType::isFloatingPoint).orElse(false);
      if (number && !source.reading(() -> NumberScan.of(source.tensor(name))).isFinite()) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
