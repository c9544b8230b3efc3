package io.github.visualbert.forward;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Engine;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.model.Head;
import io.github.visualbert.model.InvalidArgumentException;
import io.github.visualbert.model.MultipleChoiceHead;
import io.github.visualbert.model.PreTrainingHead;
import io.github.visualbert.model.QuestionAnsweringHead;
import io.github.visualbert.model.RegionToPhraseHead;
import io.github.visualbert.model.Rows;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.Softmax;
import io.github.visualbert.model.Trace;
import io.github.visualbert.model.VisualBertModel;
import io.github.visualbert.model.VisualReasoningHead;
import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The forward pass with the arguments, defaults and outputs of transformers' classes, on padded
 * batches. Arguments that transformers rejects late or silently ignores are rejected up front.
 *
 * <p>Thread-safe.
 */
public final class Forward {
  private final Engine engine;
  private final VisualBertConfig config;
  private final VisualBertModel model;
  private final Head head;

  /**
   * Makes the forward pass of a model.
   *
   * @param head the head on the model, or null for the base model
   */
  @SuppressWarnings("exports") // only VisualBert makes it
  public Forward(Engine engine, VisualBertConfig config, VisualBertModel model, Head head) {
    this.engine = engine;
    this.config = config;
    this.model = model;
    this.head = head;
  }

  /**
   * Runs the model.
   *
   * @param hiddenStates whether to return the hidden states of all layers
   * @param attentions whether to return the attention probabilities of all layers
   * @throws IllegalArgumentException when an input is missing, not one of this head, of the wrong
   *     shape or out of range
   */
  public ForwardOutputs run(ForwardInputs inputs, boolean hiddenStates, boolean attentions) {
    Trace trace = new Trace(hiddenStates, attentions, config.numAttentionHeads());
    return engine.run(
        execution -> {
          ForwardOutputs outputs = new ForwardOutputs();
          switch (head) {
            case null -> base(execution, inputs, trace, outputs);
            case PreTrainingHead preTraining ->
                preTraining(execution, preTraining, inputs, trace, outputs);
            case QuestionAnsweringHead answering ->
                questionAnswering(execution, answering, inputs, trace, outputs);
            case MultipleChoiceHead choice ->
                multipleChoice(execution, choice, inputs, trace, outputs);
            case VisualReasoningHead reasoning ->
                visualReasoning(execution, reasoning, inputs, trace, outputs);
            case RegionToPhraseHead alignment ->
                regionToPhrase(execution, alignment, inputs, trace, outputs);
          }
          return outputs;
        });
  }

  private void base(
      Execution execution, ForwardInputs inputs, Trace trace, ForwardOutputs outputs) {
    inputs.allowOnly(HeadType.BASE.className());
    List<Sequence> sequences = inputs.sequences(1);
    Matrix hidden = model.forward(execution, sequences, null, trace); // (rows, hidden)
    long batch = sequences.size();
    outputs.put(
        "last_hidden_state",
        hidden.toArray(),
        batch,
        sequences.getFirst().length(),
        config.hiddenSize());
    if (model.hasPooler()) {
      Matrix pooled = model.pool(execution, first(execution, hidden, sequences));
      outputs.put("pooler_output", pooled.toArray(), batch, config.hiddenSize());
    }
    putTrace(sequences, trace, outputs);
  }

  private void preTraining(
      Execution execution,
      PreTrainingHead preTraining,
      ForwardInputs inputs,
      Trace trace,
      ForwardOutputs outputs) {
    String name = HeadType.PRE_TRAINING.className();
    inputs.allowOnly(name, "labels", "sentence_image_labels");
    List<Sequence> sequences = inputs.sequences(1);
    int batch = sequences.size();
    int length = sequences.getFirst().length();
    long[] labels = wordLabels(inputs, name, batch, length);
    long[] matchLabels = classes(inputs, "sentence_image_labels", batch, 2);

    Matrix hidden = model.forward(execution, sequences, null, trace); // (rows, hidden)
    Matrix pooled = model.pool(execution, first(execution, hidden, sequences));
    float[] predictions = preTraining.predictions(execution, hidden).toArray();
    float[] match = preTraining.seqRelationship(execution, pooled).toArray(); // (batch, 2)
    if (labels != null) {
      double loss = Losses.crossEntropy(predictions, labels, config.vocabSize());
      if (matchLabels != null) {
        loss += Losses.crossEntropy(match, matchLabels, 2);
      }
      outputs.putLoss(loss);
    }
    outputs.put("prediction_logits", predictions, batch, length, config.vocabSize());
    outputs.put("seq_relationship_logits", match, batch, 2);
    putTrace(sequences, trace, outputs);
  }

  private void questionAnswering(
      Execution execution,
      QuestionAnsweringHead answering,
      ForwardInputs inputs,
      Trace trace,
      ForwardOutputs outputs) {
    String name = HeadType.QUESTION_ANSWERING.className();
    inputs.allowOnly(name, "labels");
    List<Sequence> sequences = inputs.sequences(1);
    int batch = sequences.size();
    float[] labels = softLabels(inputs, batch, config.numLabels());
    long[] visible = inputs.visibleTokens(name);
    int[][] read = new int[batch][];
    for (int i = 0; i < batch; i++) {
      int row = QuestionAnsweringHead.readRow(visible[i]);
      if (row >= sequences.get(i).length()) {
        throw new InvalidArgumentException(
            "attention_mask of sequence %d sums to %d, the sequence has %d rows"
                .formatted(i, visible[i], sequences.get(i).length()));
      }
      read[i] = new int[] {row};
    }
    Matrix rows = model.forward(execution, sequences, new Rows(read), trace); // (batch, hidden)
    float[] logits = answering.logits(execution, rows).toArray(); // (batch, labels)
    if (labels != null) {
      outputs.putLoss(Losses.klDivergence(logits, labels, config.numLabels(), batch));
      logits = logSoftmax(logits, config.numLabels()); // what transformers returns with labels
    }
    outputs.put("logits", logits, batch, config.numLabels());
    putTrace(sequences, trace, outputs);
  }

  private void multipleChoice(
      Execution execution,
      MultipleChoiceHead choice,
      ForwardInputs inputs,
      Trace trace,
      ForwardOutputs outputs) {
    inputs.allowOnly(HeadType.MULTIPLE_CHOICE.className(), "labels");
    long[] shape = inputs.batchShape(2); // (batch, choices)
    int batch = Math.toIntExact(shape[0]);
    int choices = Math.toIntExact(shape[1]);
    List<Sequence> sequences = inputs.sequences(2);
    long[] labels = classes(inputs, "labels", batch, choices);
    Matrix pooled = pooled(execution, sequences, trace); // (batch * choices, hidden)
    float[] logits = choice.logits(execution, pooled).toArray(); // (batch * choices, 1)
    if (labels != null) {
      outputs.putLoss(Losses.crossEntropy(logits, labels, choices));
    }
    outputs.put("logits", logits, batch, choices);
    putTrace(sequences, trace, outputs);
  }

  private void visualReasoning(
      Execution execution,
      VisualReasoningHead reasoning,
      ForwardInputs inputs,
      Trace trace,
      ForwardOutputs outputs) {
    inputs.allowOnly(HeadType.VISUAL_REASONING.className(), "labels");
    List<Sequence> sequences = inputs.sequences(1);
    int batch = sequences.size();
    long[] labels = classes(inputs, "labels", batch, config.numLabels());
    Matrix pooled = pooled(execution, sequences, trace); // (batch, hidden)
    float[] logits = reasoning.logits(execution, pooled).toArray(); // (batch, labels)
    if (labels != null) {
      outputs.putLoss(Losses.crossEntropy(logits, labels, config.numLabels()));
    }
    outputs.put("logits", logits, batch, config.numLabels());
    putTrace(sequences, trace, outputs);
  }

  private void regionToPhrase(
      Execution execution,
      RegionToPhraseHead alignment,
      ForwardInputs inputs,
      Trace trace,
      ForwardOutputs outputs) {
    String name = HeadType.REGION_TO_PHRASE.className();
    inputs.allowOnly(name, "labels", "region_to_phrase_position");
    inputs.require("attention_mask", name);
    inputs.require("visual_embeds", name);
    Tensor mask = inputs.require("visual_attention_mask", name);
    Tensor position = inputs.require("region_to_phrase_position", name);
    List<Sequence> sequences = inputs.sequences(1);
    int batch = sequences.size();
    int regions = inputs.regions();
    ForwardInputs.requireRank("region_to_phrase_position", position, 2);
    requireSize("region_to_phrase_position", position, 0, batch);
    int phrases = Math.toIntExact(position.size(1));
    int[][] read = phraseRows(position, sequences, phrases);
    float[] labels = softLabels(inputs, batch, phrases, regions);

    int[] allPhrases = new int[batch];
    int[] allRegions = new int[batch];
    Arrays.fill(allPhrases, phrases);
    Arrays.fill(allRegions, regions);
    Matrix rows = model.forward(execution, sequences, new Rows(read), trace);
    float[][] perSequence = alignment.logits(execution, rows, allPhrases, allRegions);
    float[] logits = new float[batch * phrases * regions]; // (batch, phrases, regions)
    for (int i = 0; i < batch; i++) {
      for (int j = 0; j < phrases * regions; j++) {
        float kept = mask.getFloat((long) i * regions + j % regions);
        logits[i * phrases * regions + j] = perSequence[i][j] + (1 - kept) * -Float.MAX_VALUE;
      }
    }
    if (labels != null) {
      outputs.putLoss(Losses.klDivergence(logits, labels, regions, batch));
    }
    outputs.put("logits", logits, batch, phrases, regions);
    putTrace(sequences, trace, outputs);
  }

  private static int[][] phraseRows(Tensor position, List<Sequence> sequences, int phrases) {
    int[] positions = ForwardInputs.toInts("region_to_phrase_position", position);
    int[][] rows = new int[sequences.size()][];
    for (int i = 0; i < rows.length; i++) {
      Sequence sequence = sequences.get(i);
      int[] ofPhrases = Arrays.copyOfRange(positions, i * phrases, (i + 1) * phrases);
      for (int j = 0; j < phrases; j++) {
        if (ofPhrases[j] < -1 || ofPhrases[j] >= sequence.length()) {
          throw new InvalidArgumentException(
              "region_to_phrase_position holds %d for sequence %d, expected -1 to %d"
                  .formatted(ofPhrases[j], i, sequence.length() - 1));
        }
        ofPhrases[j] = Math.max(ofPhrases[j], 0); // -1 reads position 0, as in transformers
      }
      rows[i] = RegionToPhraseHead.rows(ofPhrases, sequence.textLength(), sequence.regions());
    }
    return rows;
  }

  private static Matrix first(Execution execution, Matrix hidden, List<Sequence> sequences) {
    return Rows.first(sequences.size()).of(execution, hidden, sequences);
  }

  private Matrix pooled(Execution execution, List<Sequence> sequences, Trace trace) {
    Rows first = Rows.first(sequences.size());
    return model.pool(execution, model.forward(execution, sequences, first, trace));
  }

  private void putTrace(List<Sequence> sequences, Trace trace, ForwardOutputs outputs) {
    long batch = sequences.size();
    int hidden = config.hiddenSize();
    int heads = config.numAttentionHeads();
    for (int i = 0; i < trace.hiddenStates().size(); i++) {
      float[] states = trace.hiddenStates().get(i);
      outputs.put("hidden_states." + i, states, batch, states.length / (batch * hidden), hidden);
    }
    for (int i = 0; i < trace.attentions().size(); i++) {
      float[] probabilities = trace.attentions().get(i);
      long rows = Math.round(Math.sqrt((double) probabilities.length / (batch * heads)));
      outputs.put("attentions." + i, probabilities, batch, heads, rows, rows);
    }
  }

  /** Returns the labels of the masked words, (batch, length), or null. */
  private long[] wordLabels(ForwardInputs inputs, String name, int batch, int length) {
    Tensor labels = inputs.get("labels");
    if (labels == null) {
      return null;
    }
    inputs.require("attention_mask", name + " with labels");
    if (inputs.has("visual_embeds")) {
      inputs.require("visual_attention_mask", name + " with labels");
    }
    ForwardInputs.requireRank("labels", labels, 2);
    requireSize("labels", labels, 0, batch);
    if (labels.size(1) != length) {
      throw new InvalidArgumentException(
          "labels have a sequence length of %d, text and regions together have %d"
              .formatted(labels.size(1), length));
    }
    return requireClasses("labels", labels, config.vocabSize());
  }

  /** Returns one class per sequence, or null when the input is absent. */
  private static long[] classes(ForwardInputs inputs, String name, int batch, int classes) {
    Tensor labels = inputs.get(name);
    if (labels == null) {
      return null;
    }
    if (labels.elementCount() != batch) {
      throw new InvalidArgumentException(
          "%s %s is not one class for each of %d".formatted(name, labels, batch));
    }
    return requireClasses(name, labels, classes);
  }

  private static long[] requireClasses(String name, Tensor labels, int classes) {
    int[] values = ForwardInputs.toInts(name, labels);
    for (int value : values) {
      if (value != Losses.IGNORED && (value < 0 || value >= classes)) {
        throw new InvalidArgumentException(
            "%s holds %d, expected 0 to %d or %d"
                .formatted(name, value, classes - 1, Losses.IGNORED));
      }
    }
    return Arrays.stream(values).asLongStream().toArray();
  }

  /** Returns soft labels of the given shape, or null when there are none. */
  private static float[] softLabels(ForwardInputs inputs, long... shape) {
    Tensor labels = inputs.get("labels");
    if (labels == null) {
      return null;
    }
    if (!Arrays.equals(labels.shape(), shape)) {
      throw new InvalidArgumentException(
          "labels %s, expected shape %s".formatted(labels, Arrays.toString(shape)));
    }
    return labels.toFloatArray();
  }

  private static void requireSize(String name, Tensor tensor, int dimension, long size) {
    if (tensor.size(dimension) != size) {
      throw new InvalidArgumentException(
          "%s %s, expected %d in dimension %d".formatted(name, tensor, size, dimension));
    }
  }

  private static float[] logSoftmax(float[] logits, int classes) {
    float[] result = new float[logits.length];
    for (int row = 0; row < logits.length; row += classes) {
      double[] logProbabilities = Softmax.logarithms(logits, row, classes);
      for (int i = 0; i < classes; i++) {
        result[row + i] = (float) logProbabilities[i];
      }
    }
    return result;
  }
}
