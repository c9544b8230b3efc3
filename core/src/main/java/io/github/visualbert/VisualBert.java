package io.github.visualbert;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.Preset;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.extract.FeatureExtractor;
import io.github.visualbert.forward.Forward;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.kernel.Engine;
import io.github.visualbert.model.Head;
import io.github.visualbert.model.VisualBertModel;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.task.FeatureExtraction;
import io.github.visualbert.task.MultipleChoice;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.PreTraining;
import io.github.visualbert.task.QuestionAnswering;
import io.github.visualbert.task.VisualReasoning;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.vision.FeatureOrigin;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.Checkpoint;
import io.github.visualbert.weights.NumberScan;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An open VisualBERT model: open it once, use it from any number of threads, close it.
 *
 * <pre>{@code
 * try (VisualBert model = VisualBert.open(Path.of("models/vqa"))) {
 *   VisualFeatures picture = model.regions(Path.of("scene-1.png"));
 *   Ranking ranking = model.questionAnswering().answer("what is the colour of the ring?", picture, 5);
 *   System.out.println(ranking.best().label());
 * }
 * }</pre>
 *
 * <p>The weights stay in the mapped file, which every process that opens it shares. Immutable and
 * thread-safe; an answer has the same bits alone, in a batch, and on any number of threads. {@link
 * #close} waits for the passes that run, then unmaps the file; later calls throw {@link
 * IllegalStateException}.
 */
public final class VisualBert implements AutoCloseable {
  private final Path folder;
  private final Arena arena;
  private final Checkpoint checkpoint;
  private final Engine engine;
  private final VisualBertConfig config;
  private final VisualBertModel model;
  private final HeadType headType;
  private final Head head;
  private final PreprocessorConfig preprocessor;
  private final Preset preset; // the caller's, or that of the folder
  private final List<String> labels;
  private final List<String> ignoredTensors;
  private TaskModel taskModel; // made by the first task: a forward pass needs no vocabulary

  VisualBert(
      Path folder,
      Arena arena,
      Checkpoint checkpoint,
      Engine engine,
      VisualBertConfig config,
      VisualBertModel model,
      HeadType headType,
      Head head,
      PreprocessorConfig preprocessor,
      Preset preset,
      List<String> labels,
      List<String> ignoredTensors) {
    this.folder = folder;
    this.arena = arena;
    this.checkpoint = checkpoint;
    this.engine = engine;
    this.config = config;
    this.model = model;
    this.headType = headType;
    this.head = head;
    this.preprocessor = preprocessor;
    this.preset = preset;
    this.labels = labels;
    this.ignoredTensors = ignoredTensors;
  }

  /**
   * Opens a model folder with everything at its default: see {@link VisualBertBuilder}.
   *
   * @param folder holds {@code config.json}, the weights, and for the tasks {@code vocab.txt}
   * @throws io.github.visualbert.error.ModelException when the folder cannot be used
   */
  public static VisualBert open(Path folder) {
    return builder(folder).open();
  }

  /** Returns a builder that opens a model folder with settings of your own. */
  public static VisualBertBuilder builder(Path folder) {
    return new VisualBertBuilder(folder);
  }

  /** Returns the sizes and switches of the model. */
  public VisualBertConfig config() {
    return config;
  }

  /** Returns which head stands on the encoder. */
  public HeadType headType() {
    return headType;
  }

  /** Returns the conventions the tasks follow. */
  public Preset preset() {
    return preset;
  }

  /** Returns the names of the classes. */
  public List<String> labels() {
    return labels;
  }

  /**
   * Returns the names of the tensors in the weights that are no part of a VisualBERT, such as those
   * of a loss; the model answers without them. Mostly empty, and worth a warning where it is not: a
   * layer that a trainer added has no effect here.
   */
  public List<String> ignoredTensors() {
    return ignoredTensors;
  }

  /**
   * Returns the detector whose region features the checkpoint was trained on, where its head and
   * sizes are those of one of the authors' checkpoints; empty for others, and for a folder that
   * states another preset. {@link FeatureOrigin#warning} then tells whether features fit.
   */
  public Optional<FeatureOrigin> trainedOn() {
    return preprocessor.trainedOn(headType, config);
  }

  /**
   * Returns how many of a picture's regions the model takes, the first ones: what the key {@code
   * max_regions} of its {@code preprocessor_config.json} says, or else 144 for the authors'
   * checkpoints that were trained on features for NLVR2, and {@link Integer#MAX_VALUE} for others.
   * {@link #regions} gives no more.
   */
  public int maxRegions() {
    return preprocessor.maxRegions(trainedOn());
  }

  /** Returns one line about the kernels that compute: the provider's name, and what it runs on. */
  public String kernels() {
    return engine.kernels().provider() + ": " + engine.kernels().description();
  }

  /**
   * Returns the native memory that passes have taken beside the weights, in bytes: that of all that
   * ran at once, kept for later ones until the model is closed. 0 before the first pass.
   */
  public long workspaceBytes() {
    return engine.workspaceBytes();
  }

  /**
   * Returns the regions of a picture file, computed as the model's {@code preprocessor_config.json}
   * says.
   *
   * @param picture a PNG or JPEG file
   * @throws io.github.visualbert.error.InputException when the picture cannot be read
   * @throws ModelException when the model does not say how to see pictures
   * @throws IllegalStateException after close
   */
  public VisualFeatures regions(Path picture) {
    FeatureExtractor extractor =
        extractor(); // reports a model without one before the picture is read
    return extractor.extract(Picture.read(picture)).first(maxRegions());
  }

  /**
   * Returns the regions of a picture whose file is in memory, such as an upload; throws as {@link
   * #regions(Path)} does.
   *
   * @param file the bytes of a PNG or JPEG file
   * @param name what messages call the picture
   */
  public VisualFeatures regions(byte[] file, String name) {
    FeatureExtractor extractor = extractor();
    return extractor.extract(Picture.decode(file, name)).first(maxRegions());
  }

  /** Returns the regions of a decoded picture; throws as {@link #regions(Path)} does. */
  public VisualFeatures regions(Picture picture) {
    return extractor().extract(picture).first(maxRegions());
  }

  /**
   * Returns the regions that the model's detector, or another of its kind, has found in a picture
   * already, with the columns of their boxes where the model reads them.
   *
   * @throws io.github.visualbert.error.InputException when they have other columns than the model
   *     expects
   * @throws IllegalStateException after close
   */
  public VisualFeatures regions(Detection detection) {
    engine.requireOpen();
    boolean boxes =
        config.visualEmbeddingDim() == detection.features().dim() + Detection.BOX_COLUMNS.size();
    return regions(boxes ? detection.featuresWithBoxColumns() : detection.features());
  }

  /**
   * Returns what the model takes of features that were computed before, such as those of a file:
   * all of them, or the first {@link #maxRegions}.
   *
   * @throws io.github.visualbert.error.InputException when they have other columns than the model
   *     expects
   */
  public VisualFeatures regions(VisualFeatures features) {
    return features.requireDim(config.visualEmbeddingDim()).first(maxRegions());
  }

  private FeatureExtractor extractor() {
    engine.requireOpen();
    return preprocessor.extractor(config.visualEmbeddingDim());
  }

  /**
   * Returns the plain forward pass, with the arguments and outputs of transformers.
   *
   * @throws IllegalStateException after close
   */
  public Forward forward() {
    engine.requireOpen();
    return new Forward(engine, config, model, head);
  }

  /**
   * Returns the task of answering questions.
   *
   * @throws IllegalStateException when the model has another head, or after close
   * @throws io.github.visualbert.error.ModelException when the vocabulary is missing or does not
   *     fit
   */
  public QuestionAnswering questionAnswering() {
    return new QuestionAnswering(taskModel());
  }

  /** Returns the task of judging statements; throws as {@link #questionAnswering} does. */
  public VisualReasoning visualReasoning() {
    return new VisualReasoning(taskModel());
  }

  /** Returns the task of choosing answers; throws as {@link #questionAnswering} does. */
  public MultipleChoice multipleChoice() {
    return new MultipleChoice(taskModel());
  }

  /** Returns the task of finding phrases in pictures; throws as {@link #questionAnswering} does. */
  public PhraseGrounding phraseGrounding() {
    return new PhraseGrounding(taskModel());
  }

  /** Returns the task of completing sentences; throws as {@link #questionAnswering} does. */
  public PreTraining preTraining() {
    return new PreTraining(taskModel());
  }

  /**
   * Returns the task of extracting vectors, which reads the pooler.
   *
   * @throws IllegalStateException when the model has no pooler, or after close: question answering
   *     and phrase grounding do without, so open their checkpoints with {@link HeadType#BASE}
   * @throws io.github.visualbert.error.ModelException when the vocabulary is missing or does not
   *     fit
   */
  public FeatureExtraction featureExtraction() {
    return new FeatureExtraction(taskModel());
  }

  /**
   * Returns the task of showing what the model looks at, which works with every head.
   *
   * @throws IllegalStateException after close
   * @throws io.github.visualbert.error.ModelException when the vocabulary is missing or does not
   *     fit, or when the model fuses text and regions late
   */
  public AttentionGrounding attentionGrounding() {
    return new AttentionGrounding(taskModel());
  }

  private synchronized TaskModel taskModel() {
    engine.requireOpen();
    if (taskModel == null) {
      BertTokenizer tokenizer = BertTokenizer.open(folder);
      int words = tokenizer.vocabulary().size();
      if (words > config.vocabSize()) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: the vocabulary has %d entries, the model's vocab_size is %d"
                .formatted(folder, words, config.vocabSize()));
      }
      taskModel =
          new TaskModel(
              engine, config, model, head, tokenizer, preset, labels, this::invalidWeights);
    }
    return taskModel;
  }

  /** Returns the name of the first tensor that holds NaN or infinity. */
  private Optional<String> invalidWeights() {
    for (String name : checkpoint.names()) {
      Tensor tensor = checkpoint.source().tensor(checkpoint.info(name).name());
      if (tensor.dtype().isFloatingPoint() && !NumberScan.of(tensor).isFinite()) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /** Waits for the passes that run, then unmaps the weights; closing again has no effect. */
  @Override
  public synchronized void close() {
    engine.close();
    engine.workers().close();
    preprocessor.close();
    checkpoint.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
