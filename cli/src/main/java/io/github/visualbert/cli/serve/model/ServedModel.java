package io.github.visualbert.cli.serve.model;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.ReplyWriter;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A model that is held open, until it is replaced by another of its name. Thread-safe.
 *
 * <p>Who uses it holds a {@linkplain #lease lease}: {@link #retire} closes the model when the last
 * one ends.
 */
public final class ServedModel {
  private final String name;
  private final VisualBert model;
  private final ServedDetector detector; // null where the model sees by itself
  private final WeightFiles weights;
  private final int generation;
  private final TaskName task;
  private final Map<TaskName, Batcher> batchers = new EnumMap<>(TaskName.class);
  private final Map<TaskName, ReplyWriter> writers = new EnumMap<>(TaskName.class);
  private final AtomicBoolean judged = new AtomicBoolean();
  private int leases; // guarded by this
  private boolean retired; // guarded by this

  /**
   * Takes over an open model.
   *
   * @param detector sees pictures for the model, and belongs to others; null where it needs none
   * @param generation how many of its name were before it
   */
  ServedModel(
      String name,
      VisualBert model,
      ServedDetector detector,
      WeightFiles weights,
      int generation,
      Metrics metrics) {
    this.name = name;
    this.model = model;
    this.detector = detector;
    this.weights = weights;
    this.generation = generation;
    List<TaskName> served = new ArrayList<>();
    for (TaskName each : TaskName.values()) {
      if (each.head() == model.headType()
          || each == TaskName.ENCODE && model.headType().readsPooler()) {
        served.add(each);
      }
    }
    this.task = served.getFirst();
    for (TaskName each : served) {
      batchers.put(each, new Batcher(name, each, model, metrics));
      writers.put(each, ReplyWriter.of(each, model));
    }
  }

  public String name() {
    return name;
  }

  public VisualBert model() {
    return model;
  }

  /** Returns the detector that sees pictures for the model, or empty where it sees by itself. */
  public Optional<ServedDetector> detector() {
    return Optional.ofNullable(detector);
  }

  /** Returns the size and the date of the weights. */
  public WeightFiles weights() {
    return weights;
  }

  /** Returns the task of the model's head. */
  public TaskName task() {
    return task;
  }

  public boolean serves(TaskName asked) {
    return batchers.containsKey(asked);
  }

  /** Returns what the model sees in a picture. */
  SeenPicture see(SentPicture picture, Pictures pictures, Ticket ticket) {
    if (detector != null) {
      return detector.see(picture, pictures, ticket);
    }
    return pictures.seen("model " + name + " " + generation, picture, this::look, ticket);
  }

  private SeenPicture look(SentPicture picture, Ticket ticket) {
    Picture upright = Pictures.decode(picture).upright(); // as the model sees it
    VisualFeatures features = model.regions(upright);
    return new SeenPicture(
        picture.id(), upright.width(), upright.height(), false, features, null, null);
  }

  /** Returns the regions of a picture as the model reads them. */
  public VisualFeatures features(SeenPicture seen) {
    return model.regions(seen.columns(model.config().visualEmbeddingDim()));
  }

  /**
   * Returns features that a client computed as the model reads them.
   *
   * @param warn is told when the first of them look like another detector's than the model was
   *     trained on, since such features silently give wrong answers
   * @throws io.github.visualbert.error.InputException when they do not fit the model
   */
  VisualFeatures features(VisualFeatures sent, Consumer<String> warn) {
    model
        .trainedOn()
        .ifPresent(
            origin -> {
              origin.requireDim(sent);
              if (!judged.getAndSet(true)) {
                origin.warning(sent).ifPresent(warn);
              }
            });
    return model.regions(sent);
  }

  /** Returns how many rows the model computes for a request. */
  int rows(TaskName asked, Request request) {
    return batchers.get(asked).rows(request);
  }

  /**
   * Answers a request in the next pass.
   *
   * @param rows see {@link #rows}
   */
  Reply ask(TaskName asked, Request request, int rows, int topK, boolean allStates, Ticket ticket) {
    return batchers.get(asked).ask(request, topK, allStates, rows, ticket);
  }

  /** Returns what writes the replies of a task that the model serves. */
  public ReplyWriter writer(TaskName asked) {
    return writers.get(asked);
  }

  /** Returns whether the model's encoder attends to regions, so that one can see to which. */
  public boolean attendsToRegions() {
    return !model.config().bypassTransformer();
  }

  /**
   * Returns what shows where the model looks.
   *
   * @throws Problem when its encoder attends to no region
   */
  AttentionGrounding grounding() {
    if (!attendsToRegions()) {
      throw Problem.ofField(
          Code.FIELD_WRONG,
          "/grounding",
          "model %s fuses late, so its encoder attends to no region".formatted(name));
    }
    return model.attentionGrounding();
  }

  /** Makes sure that the model is not closed while somebody uses it. */
  synchronized Lease lease() {
    if (retired) {
      throw new IllegalStateException("the model is retired");
    }
    leases++;
    return new Lease(this);
  }

  synchronized boolean isRetired() {
    return retired;
  }

  /** The right to use a model for a while. */
  public record Lease(ServedModel model) implements AutoCloseable {
    @Override
    public void close() {
      model.release();
    }
  }

  private void release() {
    boolean last;
    synchronized (this) {
      last = --leases == 0 && retired;
    }
    if (last) {
      end();
    }
  }

  /** Takes the model out of service and closes it when nobody uses it any longer. */
  void retire() {
    boolean last;
    synchronized (this) {
      last = leases == 0 && !retired;
      retired = true;
    }
    if (last) {
      end();
    }
  }

  private void end() {
    batchers.values().forEach(Batcher::close);
    model.close();
  }

  /**
   * Checks that the model has a task.
   *
   * @throws Problem when it has another head
   */
  public void require(TaskName asked) {
    if (!serves(asked)) {
      throw Problem.ofField(
          Code.TASK_NOT_SERVED, "/task", "model %s is for %s, not %s".formatted(name, task, asked));
    }
  }
}
