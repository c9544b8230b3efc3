package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.extract.FeatureExtractor;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.FeatureFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessorConfigTest {
  private static final String CONFIG =
      """
      {"image_processor_type": "GridFeatures", "grid": [2, 3], "cells": [4, 5], "rescale_factor": 0.5,
       "image_mean": [1, 2.5, 3], "image_std": [1, 1, 1], "append_box": false, "visual_embedding_dim": 60, "other": {}}
      """;

  @TempDir private Path folder;

  private PreprocessorConfig read() {
    return PreprocessorConfig.read(new ModelFolder(folder), detector -> detector);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vqa", "nlvr2", "multiple-choice", "region-to-phrase", "pretraining"})
  void theDemoModelsSettingsAreRead(String model) {
    FeatureExtractor grid =
        PreprocessorConfig.read(
                new ModelFolder(TestData.ROOT.resolve("demo").resolve(model)), detector -> detector)
            .extractor(196);
    Picture scene = Picture.read(TestData.DEMO_IMAGES.resolve("scene-2.png"));
    assertThat(grid.extract(scene).toArray())
        .containsExactly(FeatureFile.read(TestData.DEMO_FEATURES.resolve("scene-2.npy")).toArray());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[2, 3]           | [2]               | grid has 1 numbers, expected rows and columns",
        "[2, 3]           | [2, 3.5]          | grid",
        "[4, 5]           | [4, -5]           | grid [2, 3] of cells [4, -5]",
        "0.5              | -0.5              | rescale_factor is -0.5, expected a positive number",
        "0.5              | \"0.5\"           | rescale_factor",
        "[1, 2.5, 3]      | [1, 2.5]          | image_mean has 2 numbers",
        "[1, 1, 1]        | [1, 1, 0]         | image_std 0.0 of channel 2",
        "false            | null              | append_box",
        "60               | 64                | visual_embedding_dim is 64, the other settings make"
            + " 60 columns",
        "\"GridFeatures\" | 7                 | image_processor_type",
        "{}               | {                 | line",
      })
  void wrongSettingsAreRefused(String from, String to, String message) throws IOException {
    Path file = folder.resolve("preprocessor_config.json");
    Files.writeString(file, CONFIG);
    assertThat(read().extractor(60).dim()).isEqualTo(60);
    assertThat(CONFIG).contains(from);
    Files.writeString(file, CONFIG.replace(from, to));
    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aLargeFileIsRefused() {
    Path file = TestData.sparse(folder.resolve("preprocessor_config.json"), 3L << 30);
    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessage(
            file
                + ": expected a preprocessor configuration of at most 1048576 bytes, found"
                + " 3221225472");
  }
}
