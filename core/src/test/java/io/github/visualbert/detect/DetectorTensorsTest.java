package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Weights of every kind with a tensor too few, or a size of nothing, are refused by their names.
 */
class DetectorTensorsTest {
  private static final Pattern LATER_BLOCK =
      Pattern.compile("(res\\d[._]|layer\\d\\.|backbone\\.[456]\\.|align\\.0\\.)[2-9]");

  @TempDir private Path folder;

  private static void open(DetectorCase golden, Path weights) {
    if (golden.description().has("regions")) {
      VcrTower.builder(weights).canvas(128, 64).provider("scalar").threads(1).open().close();
    } else {
      golden.builder().weights(weights).provider("scalar").threads(1).open().close();
    }
  }

  private static WeightsForm form(DetectorCase golden) {
    return DetectorKind.of(golden.description().getString("detector")).form();
  }

  private static boolean isNeeded(DetectorCase golden, String name) {
    return !form(golden).ignores(name)
        && !name.endsWith("num_batches_tracked")
        && !name.contains("cell_anchors"); // computed where they are missing
  }

  /**
   * Returns the names of the tensors, of which those of later blocks are as those of the second.
   */
  private static List<String> names(DetectorCase golden, Path folder) {
    List<String> names = new ArrayList<>();
    golden.weights(folder, tensors -> names.addAll(tensors.keySet()));
    names.removeIf(name -> LATER_BLOCK.matcher(name).find());
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {"butd_small", "pythia_small", "mask_rcnn_small", "vcr_small"})
  void eachTensorIsMissedByItsName(String name) {
    DetectorCase golden = DetectorCase.of(name);
    List<String> names = names(golden, folder);
    assertThat(names).hasSizeGreaterThan(50);
    for (String tensor : names) {
      Path weights = golden.weights(folder, tensors -> tensors.remove(tensor));
      if (isNeeded(golden, tensor)) {
        assertThatExceptionOfType(ModelException.class)
            .as(tensor)
            .isThrownBy(() -> open(golden, weights))
            .withMessageStartingWith(weights + ": ")
            .withMessageContaining(tensor);
      } else {
        open(golden, weights);
      }
    }
  }

  /** Channels, classes or columns of which there are none make no network. */
  @ParameterizedTest
  @ValueSource(strings = {"butd_small", "pythia_small", "mask_rcnn_small", "vcr_small"})
  void aSizeOfNothingIsRefused(String name) {
    DetectorCase golden = DetectorCase.of(name);
    Set<Long> sizes = new TreeSet<>();
    golden.weights(
        folder,
        tensors ->
            tensors.forEach(
                (tensor, numbers) -> {
                  if (isNeeded(golden, tensor)) {
                    Arrays.stream(numbers.shape()).forEach(sizes::add);
                  }
                }));
    for (long size : sizes) {
      Path weights =
          golden.weights(
              folder,
              tensors -> {
                for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
                  tensor.setValue(without(tensor.getValue(), size));
                }
              });
      assertThatExceptionOfType(VisualBertException.class)
          .as("without %d", size)
          .isThrownBy(() -> open(golden, weights))
          .withMessageStartingWith(weights + ": ");
    }
  }

  private static Tensor without(Tensor tensor, long size) {
    long[] shape = Arrays.stream(tensor.shape()).map(n -> n == size ? 0 : n).toArray();
    return Arrays.equals(shape, tensor.shape()) ? tensor : Tensor.of(new float[0], shape);
  }
}
