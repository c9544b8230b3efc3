package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class VisualFeaturesTest {
  private final float[] numbers = {1, 2, 3, 4, 5, 6};
  private final VisualFeatures features = VisualFeatures.of("detector", numbers, 2, 3);

  @Test
  void aTensorShowsTheNumbers() {
    Tensor tensor = features.tensor();
    assertThat(tensor.dtype()).isEqualTo(DType.F32);
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(tensor.data().isReadOnly()).isTrue();
  }

  @Test
  void nobodyCanChangeThem() {
    numbers[0] = 9;
    features.toArray()[1] = 9;
    assertThat(features.toArray()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(features.get(0, 0)).isEqualTo(1);
  }

  @Test
  void everyRegionHasAPlaceOrNoneHas() {
    List<Box> places = List.of(new Box(0, 0, 1, 0.5f), new Box(0, 0.5f, 1, 1));
    assertThat(features.boxes()).isEmpty();
    assertThat(features.withBoxes(places).boxes()).isEqualTo(places);
    assertThat(features.withBoxes(places).tensor()).isSameAs(features.tensor());
    assertThat(features.withBoxes(places).withBoxes(List.of()).boxes()).isEmpty();
    assertThatThrownBy(() -> features.withBoxes(places.subList(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 boxes are given for 2 regions");
  }

  @Test
  void anotherWidthThanTheModelsIsNamed() {
    assertThat(features.requireDim(3)).isSameAs(features);
    assertThatThrownBy(() -> features.requireDim(2048))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH))
        .hasMessage(
            "detector: visual_embeds has 3 columns, the model's visual_embedding_dim is 2048");
  }

  @Test
  void sizesAndNumbersAreChecked() {
    assertThatThrownBy(() -> VisualFeatures.of("a", numbers, 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 regions of 2 columns")
        .hasMessageContaining("found 6 numbers");
    assertThatThrownBy(() -> VisualFeatures.of("a", new float[0], 0, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> VisualFeatures.of("a", numbers, 1 << 16, 1 << 16))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> VisualFeatures.of("a", new float[] {1, Float.POSITIVE_INFINITY}, 1, 2))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "a: visual_embeds has Infinity in row 0, column 1 (counted from 0), expected finite"
                + " numbers");
    assertThatThrownBy(() -> features.get(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> features.get(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theFirstRegionsMayBeKept() {
    assertThat(features.first(1).toArray()).containsExactly(1, 2, 3);
    assertThat(features.first(1).regions()).isEqualTo(1);
    assertThat(features.first(2)).isSameAs(features);
    assertThat(features.first(9)).isSameAs(features);
    assertThatThrownBy(() -> features.first(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void viewsATensorWithoutACopy() {
    Tensor tensor = Tensor.of(numbers, 2, 3);
    VisualFeatures view = VisualFeatures.view("file", tensor);
    assertThat(view.tensor()).isSameAs(tensor);
    assertThat(view.get(1, 2)).isEqualTo(features.get(1, 2));
    assertThat(view.first(1).toArray()).isEqualTo(features.first(1).toArray());
    assertThat(VisualFeatures.concatenate(view, features).toArray())
        .isEqualTo(VisualFeatures.concatenate(features, view).toArray());
    assertThatThrownBy(() -> VisualFeatures.view("file", Tensor.of(numbers, 6)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> VisualFeatures.view("file", Tensor.of(new float[0], 0, 3)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> VisualFeatures.view("file", Tensor.of(new float[] {1, Float.NaN}, 1, 2)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("NaN in row 0, column 1");
  }
}
