package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterNamesTest {
  @ParameterizedTest
  @CsvSource({
    // Hugging Face's base class, and the authors' and MMF's embeddings
    "embeddings.word_embeddings.weight, visual_bert.embeddings.word_embeddings.weight",
    "encoder.layer.0.output.dense.bias, visual_bert.encoder.layer.0.output.dense.bias",
    "pooler.dense.weight, visual_bert.pooler.dense.weight",
    "additional_layer.output.dense.weight, visual_bert.additional_layer.output.dense.weight",
    "bert.bert.embeddings.token_type_embeddings_visual.weight,"
        + " visual_bert.embeddings.visual_token_type_embeddings.weight",
    "bert.bert.embeddings.position_embeddings_visual.weight,"
        + " visual_bert.embeddings.visual_position_embeddings.weight",
    "bert.bert.embeddings.projection.bias, visual_bert.embeddings.visual_projection.bias",
    "bert.bert.additional_layer.output.dense.weight,"
        + " visual_bert.additional_layer.output.dense.weight",
    "bert.cls.predictions.decoder.weight, cls.predictions.decoder.weight",
    "bert.cls.seq_relationship.bias, cls.seq_relationship.bias",
    "bert.classifier.weight, cls.weight",
    "bert.flickr_attention.query.weight, attention.query.weight",
    "model.bert.embeddings.projection.weight, visual_bert.embeddings.visual_projection.weight",
    "model.cls.predictions.bias, cls.predictions.bias",
    "model.classifier.0.dense.weight, cls.transform.dense.weight",
    "model.classifier.0.LayerNorm.bias, cls.transform.LayerNorm.bias",
    "model.classifier.1.weight, cls.weight",
    "model.classifier.weight, cls.weight",
    "classifier.1.bias, cls.bias",
    // Wrappers and old names
    "module.bert.bert.pooler.dense.weight, visual_bert.pooler.dense.weight",
    "module.module.visual_bert.pooler.dense.weight, visual_bert.pooler.dense.weight",
    "_orig_mod.cls.weight, cls.weight",
    "visual_bert.encoder.module.layer.0._checkpoint_wrapped_module.output.dense.bias,"
        + " visual_bert.encoder.layer.0.output.dense.bias",
    "_fsdp_wrapped_module.visual_bert.pooler._fsdp_wrapped_module.dense.bias,"
        + " visual_bert.pooler.dense.bias",
    "model.visual_bert.pooler.dense.bias, visual_bert.pooler.dense.bias",
    "bert.embeddings.LayerNorm.gamma, visual_bert.embeddings.LayerNorm.weight",
    "visual_bert.encoder.layer.1.attention.output.LayerNorm.beta,"
        + " visual_bert.encoder.layer.1.attention.output.LayerNorm.bias"
  })
  void turnsTheNamesOfEveryOriginIntoThoseOfHuggingFace(String stored, String name) {
    assertThat(ParameterNames.of(Set.of(stored)).toHuggingFace(stored)).isEqualTo(name);
  }

  /** Beginnings that no published checkpoint has, and what names without them become. */
  @ParameterizedTest
  @CsvSource({
    "visualbert.embeddings.visual_projection.weight, visualbert.pooler.dense.bias,"
        + " visual_bert.pooler.dense.bias",
    "visualbert.embeddings.visual_projection.weight, classifier.bias, cls.bias",
    "model.embeddings.visual_projection.weight, model.encoder.layer.1.output.dense.bias,"
        + " visual_bert.encoder.layer.1.output.dense.bias",
    "net.vqa.visual_bert.embeddings.visual_projection.weight, net.vqa.cls.weight, cls.weight",
    "trainer.bert.bert.embeddings.projection.weight, trainer.bert.classifier.weight, cls.weight",
    "module.net._orig_mod.visual_bert.embeddings.visual_projection.weight,"
        + " module.net._orig_mod.cls.bias, cls.bias",
    // Another encoder beside it keeps its names.
    "visualbert.embeddings.visual_projection.weight, bert.pooler.dense.bias,"
        + " bert.pooler.dense.bias",
    "visualbert.embeddings.visual_projection.weight, head.bias, head.bias",
    // What only looks like the layer.
    "head.projection.weight, head.bias, head.bias",
  })
  void findsWhatATrainerCallsTheModel(String projection, String stored, String name) {
    ParameterNames names = ParameterNames.of(Set.of(projection, stored));
    assertThat(names.toHuggingFace(stored)).isEqualTo(name);
  }

  @Test
  void takesNoneOfTwoModelsForTheOne() {
    ParameterNames names =
        ParameterNames.of(
            Set.of(
                "teacher.embeddings.visual_projection.weight",
                "student.embeddings.visual_projection.weight"));
    assertThat(names.toHuggingFace("student.pooler.dense.bias"))
        .isEqualTo("student.pooler.dense.bias");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "visual_bert.embeddings.visual_projection.weight",
        "visual_bert.embeddings.visual_token_type_embeddings.weight",
        "visual_bert.encoder.layer.11.attention.self.query.weight",
        "cls.predictions.transform.LayerNorm.weight",
        "attention.value.bias",
        "optimizer.state",
        ""
      })
  void leavesOtherNamesAlone(String name) {
    assertThat(ParameterNames.of(Set.of(name)).toHuggingFace(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "detector.backbone.0.weight, true, false",
    "module.detector.obj_downsample.1.bias, true, false",
    "embeddings.position_ids, false, true",
    "visual_bert.embeddings.position_ids, false, true",
    "cls.weight, false, false",
    "visual_bert.embeddings.position_embeddings.weight, false, false"
  })
  void tellsWhatIsNoParameter(String stored, boolean detector, boolean positionIds) {
    assertThat(ParameterNames.isDetector(stored)).isEqualTo(detector);
    assertThat(ParameterNames.isPositionIds(stored)).isEqualTo(positionIds);
  }
}
