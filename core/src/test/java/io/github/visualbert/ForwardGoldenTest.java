package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.forward.ForwardOutputs;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every head, option and storage form against the reference implementation. */
class ForwardGoldenTest {

  static List<GoldenCase> models() {
    return GoldenCase.all("models");
  }

  static List<GoldenCase> errors() {
    return GoldenCase.all("errors");
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheReferencesOutputs(GoldenCase golden) {
    for (int threads : new int[] {1, 2}) {
      try (Arena arena = Arena.ofShared();
          VisualBert model = golden.open().threads(threads).open()) {
        ForwardOutputs outputs = model.forward().run(golden.inputs(arena), true, true);
        Map<String, Tensor> expected = golden.outputs(arena);
        assertThat(outputs.tensors()).containsOnlyKeys(expected.keySet());
        List<String> differences = new ArrayList<>();
        expected.forEach(
            (name, tensor) -> compare(golden, name, tensor, outputs.get(name), differences));
        assertThat(differences).isEmpty();
      }
    }
  }

  private static void compare(
      GoldenCase golden, String name, Tensor expected, Tensor actual, List<String> differences) {
    assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
    for (long i = 0; i < expected.elementCount(); i++) {
      double b = expected.getFloat(i);
      double a = actual.getFloat(i);
      boolean same =
          Double.isNaN(b) ? Double.isNaN(a) : Math.abs(a - b) <= golden.tolerance(name, b);
      if (!same && differences.size() < 20) {
        differences.add(
            "%s[%d]: expected %s, found %s, allowed %s"
                .formatted(name, i, b, a, golden.tolerance(name, b)));
      }
    }
  }

  /** The shortcuts that skip rows must not change a bit of what is asked for. */
  @ParameterizedTest
  @MethodSource("models")
  void givesTheSameBitsWithoutHiddenStates(GoldenCase golden) {
    try (Arena arena = Arena.ofShared();
        VisualBert model = golden.open().open()) {
      Map<String, Tensor> all = model.forward().run(golden.inputs(arena), true, true).tensors();
      Map<String, Tensor> few = model.forward().run(golden.inputs(arena), false, false).tensors();
      assertThat(few.keySet()).isSubsetOf(all.keySet());
      few.forEach(
          (name, tensor) ->
              assertThat(tensor.toFloatArray()).as(name).isEqualTo(all.get(name).toFloatArray()));
    }
  }

  @ParameterizedTest
  @MethodSource("errors")
  void refusesWhatTheReferenceRefuses(GoldenCase golden) {
    try (Arena arena = Arena.ofShared();
        VisualBert model = golden.open().open()) {
      assertThatThrownBy(() -> model.forward().run(golden.inputs(arena), false, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("(?s).{20,}");
    }
  }
}
