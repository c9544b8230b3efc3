package io.github.visualbert.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.VisualBert;
import io.github.visualbert.error.InputException;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Pictures that another than the model turns into regions. */
class PictureReaderTest {
  /** Gives a region of so many columns for every picture, and counts how often it is asked. */
  private static final class Reader implements PictureReader {
    private final int columns;
    private int asked;

    private Reader(int columns) {
      this.columns = columns;
    }

    @Override
    public VisualFeatures read(Path picture) {
      return regions(picture.toString());
    }

    @Override
    public VisualFeatures read(byte[] file, String name) {
      return regions(name);
    }

    private VisualFeatures regions(String name) {
      asked++;
      return VisualFeatures.of(name, new float[columns], 1, columns);
    }
  }

  @Test
  void seesFilesAndBytesOnce() {
    Reader reader = new Reader(196);
    try (VisualBert model = VisualBert.open(TestData.ROOT.resolve("demo/vqa"));
        PictureCache pictures = new PictureCache(model, Path.of(""), reader)) {
      assertThat(pictures.image("a.png").regions()).isEqualTo(1);
      assertThat(pictures.image("a.png").source()).isEqualTo("a.png");
      RowPicture encoded = new RowPicture.Encoded(new byte[] {1, 2, 3}, "row 7");
      assertThat(pictures.regions(encoded).source()).isEqualTo("row 7");
      assertThat(pictures.regions(encoded).regions()).isEqualTo(1);
    }
    assertThat(reader.asked).isEqualTo(2);
  }

  @Test
  void otherColumnsAreRefused() {
    try (VisualBert model = VisualBert.open(TestData.ROOT.resolve("demo/vqa"));
        PictureCache pictures = new PictureCache(model, Path.of(""), new Reader(7))) {
      assertThatThrownBy(() -> pictures.image("a.png"))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "a.png: visual_embeds has 7 columns, the model's visual_embedding_dim is 196");
    }
  }
}
