package io.github.visualbert.model;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The model that is made of a checkpoint: what decides which parameters the checkpoint must hold.
 *
 * @param config the sizes; {@code architectures} in it may name another head
 * @param head what stands on the encoder
 * @param pooler whether the model has a pooler
 */
public record Architecture(VisualBertConfig config, HeadType head, boolean pooler) {
  private static final String POOLER = "visual_bert.pooler.dense.weight";

  /**
   * Returns the model that a configuration and the caller ask for.
   *
   * @param poolingLayer whether the base model is to have its pooler; the heads that read it have
   *     it in any case, the others never
   */
  public static Architecture of(VisualBertConfig config, HeadType head, boolean poolingLayer) {
    return new Architecture(
        config, head, head.readsPooler() && (poolingLayer || head != HeadType.BASE));
  }

  /**
   * Returns the model that a configuration states, with a pooler where the checkpoint holds one.
   */
  public static Architecture stated(VisualBertConfig config, Checkpoint checkpoint) {
    return of(config, config.headType(), checkpoint.has(POOLER));
  }

  /**
   * Tells head and sizes by names and shapes, for a checkpoint without config.json.
   *
   * @param numAttentionHeads how many heads the layers have, which no shape says; 0 for as many as
   *     have 64 features each
   * @throws ModelException of kind MISMATCH when they cannot be told
   */
  public static Architecture recover(Checkpoint checkpoint, int numAttentionHeads) {
    return stated(new ConfigRecovery(checkpoint).recover(numAttentionHeads), checkpoint);
  }

  /**
   * Returns the number of rows of {@code cls.weight}: one for each class, 1 for multiple choice, 0
   * where the head has no such layer.
   */
  public int classes() {
    return switch (head) {
      case QUESTION_ANSWERING, VISUAL_REASONING -> config.numLabels();
      case MULTIPLE_CHOICE -> 1;
      case BASE, PRE_TRAINING, REGION_TO_PHRASE -> 0;
    };
  }

  /** Makes the model without its head. */
  public VisualBertModel makeModel(Kernels kernels, Checkpoint checkpoint) {
    return makeModel(new StoredParameters(kernels, checkpoint, ""));
  }

  /** Makes the head; null for the base model. */
  public Head makeHead(Kernels kernels, Checkpoint checkpoint) {
    return makeHead(new StoredParameters(kernels, checkpoint, ""));
  }

  /**
   * Returns all parameters by their Hugging Face names, in the order of the forward pass.
   *
   * @param stored whether the checkpoint holds any parameter below a prefix; some layers are in
   *     some checkpoints only
   */
  public Map<String, Parameter> parameters(Predicate<String> stored) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    Parameters recorder = new ParameterRecorder(parameters, stored, "", true);
    makeModel(recorder);
    makeHead(recorder);
    return parameters;
  }

  private VisualBertModel makeModel(Parameters parameters) {
    return new VisualBertModel(parameters.at("visual_bert"), config, pooler);
  }

  private Head makeHead(Parameters parameters) {
    return switch (head) {
      case BASE -> null;
      case PRE_TRAINING -> new PreTrainingHead(parameters, config);
      case QUESTION_ANSWERING -> new QuestionAnsweringHead(parameters, config);
      case MULTIPLE_CHOICE -> new MultipleChoiceHead(parameters, config);
      case VISUAL_REASONING -> new VisualReasoningHead(parameters, config);
      case REGION_TO_PHRASE -> new RegionToPhraseHead(parameters, config);
    };
  }
}
