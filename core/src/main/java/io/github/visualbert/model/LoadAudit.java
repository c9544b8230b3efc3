package io.github.visualbert.model;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.weights.Checkpoint;
import io.github.visualbert.weights.NameList;
import io.github.visualbert.weights.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what a checkpoint holds with what a model needs, and names everything that is wrong at
 * once. Names are Hugging Face's. Immutable.
 */
public final class LoadAudit {
  /**
   * What the names of all parameters begin with. A tensor of such a name that the model does not
   * have would change the answers of another model, so it is an error. Any other is the trainer's.
   */
  private static final List<String> PARTS = List.of("visual_bert.", "cls.", "attention.");

  /** The parameters that have a row for each class. */
  private static final Set<String> CLASSIFIER = Set.of("cls.weight", "cls.bias");

  private final Checkpoint checkpoint;
  private final Architecture architecture;
  private final List<String> used = new ArrayList<>();
  private final List<String> unused = new ArrayList<>();
  private final Map<String, String> tied = new LinkedHashMap<>();
  private final Map<String, Integer> dtypes = new TreeMap<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> unexpected = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final List<String> misshapen = new ArrayList<>();
  private final Set<String> readAsAnother = new HashSet<>();

  /** Compares everything that is stored with everything that a model asks for. Reads no data. */
  public static LoadAudit of(Checkpoint checkpoint, Architecture architecture) {
    return new LoadAudit(checkpoint, architecture);
  }

  private LoadAudit(Checkpoint checkpoint, Architecture architecture) {
    this.checkpoint = checkpoint;
    this.architecture = architecture;
    Map<String, Parameter> parameters = architecture.parameters(checkpoint::hasAny);
    boolean tieWordEmbeddings = architecture.config().tieWordEmbeddings();
    parameters.forEach((name, parameter) -> compare(name, parameter, tieWordEmbeddings));
    for (String name : checkpoint.names()) {
      if (readAsAnother.contains(name) && unused.remove(name)) {
        use(name);
      } else if (!parameters.containsKey(name)) {
        surplus(name).add(name);
      }
    }
  }

  private void compare(String name, Parameter parameter, boolean tieWordEmbeddings) {
    String shape = Arrays.toString(parameter.shape());
    String tie = checkpoint.tiedTo(name);
    boolean mayBeTied = tieWordEmbeddings || name.endsWith(".bias");
    if (!checkpoint.isStored(name) && (tie == null || !mayBeTied)) {
      if (parameter.read()) {
        missing.add(name + " " + shape);
      }
      return;
    }
    TensorInfo info = checkpoint.info(name);
    if (!info.shape().toString().equals(shape)) {
      misshapen.add("%s expected %s, found %s".formatted(name, shape, info.shape()));
    } else if (!info.supportedDType().map(DType::isFloatingPoint).orElse(false)) {
      misshapen.add("%s expected floating-point numbers, found %s".formatted(name, info.dtype()));
    }
    if (tie != null) {
      tied.put(name, tie);
      if (parameter.read()) {
        readAsAnother.add(tie);
      }
    } else if (parameter.read()) {
      use(name);
    } else {
      unused.add(name);
    }
  }

  /** Returns the list for a tensor that is no parameter of the model. */
  private List<String> surplus(String name) {
    if (PARTS.stream().noneMatch(name::startsWith)) {
      return ignored;
    }
    return isOfAPartLeftOut(name, architecture) ? unused : unexpected;
  }

  private void use(String name) {
    used.add(name);
    dtypes.merge(checkpoint.info(name).dtype(), 1, Integer::sum);
  }

  /**
   * A model without a head reads the encoder of any checkpoint, and one without a pooler that of a
   * checkpoint with one.
   */
  private static boolean isOfAPartLeftOut(String name, Architecture architecture) {
    return (architecture.head() == HeadType.BASE
            && (name.startsWith("cls.") || name.startsWith("attention.")))
        || (!architecture.pooler() && name.startsWith("visual_bert.pooler."));
  }

  /** Returns the stored parameters that the model reads. */
  public List<String> used() {
    return Collections.unmodifiableList(used);
  }

  /**
   * Returns the stored parameters that are not read: those that no output depends on, and those of
   * a head or pooler that the model leaves out.
   */
  public List<String> unused() {
    return Collections.unmodifiableList(unused);
  }

  /** Returns the parameters that are not stored, each with the stored one that stands in for it. */
  public Map<String, String> tied() {
    return Collections.unmodifiableMap(tied);
  }

  /** Returns how many of the parameters that are read have each element type. */
  public Map<String, Integer> dtypes() {
    return Collections.unmodifiableMap(dtypes);
  }

  /** Returns the parameters that the model reads and the checkpoint lacks, with their shapes. */
  public List<String> missing() {
    return Collections.unmodifiableList(missing);
  }

  /**
   * Returns the stored tensors that are named as parts of a VisualBERT and that this model does not
   * have, such as those of another head.
   */
  public List<String> unexpected() {
    return Collections.unmodifiableList(unexpected);
  }

  /**
   * Returns the stored tensors that are no part of a VisualBERT, such as those of a loss; the model
   * is made without them.
   */
  public List<String> ignored() {
    return Collections.unmodifiableList(ignored);
  }

  /** Returns, in words, the parameters whose shape or element type does not fit the model. */
  public List<String> misshapen() {
    return Collections.unmodifiableList(misshapen);
  }

  /** Returns, in words, the tensors of the file that map to the same name and differ. */
  public List<String> clashing() {
    return Collections.unmodifiableList(checkpoint.clashes());
  }

  /** Returns whether the model can be made. */
  public boolean isOk() {
    return missing.isEmpty() && unexpected.isEmpty() && misshapen.isEmpty() && clashing().isEmpty();
  }

  /**
   * Throws unless the model can be made; the message names everything that is wrong.
   *
   * @throws ModelException of kind MISMATCH
   */
  public void orThrow() {
    if (isOk()) {
      return;
    }
    List<String> problems = new ArrayList<>();
    if (!missing.isEmpty() && checkpoint.models().size() > 1) {
      problems.add(NameList.counted("models, expected one; names begin with", checkpoint.models()));
    }
    describe("missing", missing, problems);
    describe("unexpected", quote(unexpected), problems);
    describeMisshapen(problems);
    describe("ambiguous", clashing(), problems);
    if (!missing.isEmpty()) { // one of them may be what is missing, by another name
      describe("of no part of a VisualBERT", quote(ignored), problems);
    }
    throw checkpoint.mismatch("does not fit the model: " + String.join("; ", problems));
  }

  private static List<String> quote(List<String> names) {
    return names.stream().map(TensorInfo::quote).toList();
  }

  private static void describe(String what, List<String> names, List<String> problems) {
    if (!names.isEmpty()) {
      problems.add(NameList.counted(what, names));
    }
  }

  /** The number of classes is what most often differs, and has a mend. */
  private void describeMisshapen(List<String> problems) {
    List<String> others = misshapen;
    int stated = architecture.config().numLabels();
    long stored = storedClasses();
    if (stored > 0 && stored != architecture.classes() && architecture.classes() == stated) {
      problems.add(
          "config.json names %d labels, the weights have %d (cls.weight); give it an id2label of %d names, or \"num_labels\": %d and no id2label"
              .formatted(stated, stored, stored, stored));
      others = misshapen.stream().filter(s -> !CLASSIFIER.contains(s.split(" ", 2)[0])).toList();
    }
    describe("of another shape or kind", others, problems);
  }

  /** Returns the rows of the classifier, or 0 where there is none of the expected width. */
  private long storedClasses() {
    if (!checkpoint.isStored("cls.weight")) {
      return 0;
    }
    List<Long> shape = checkpoint.info("cls.weight").shape();
    return shape.size() == 2 && shape.get(1) == architecture.config().hiddenSize()
        ? shape.get(0)
        : 0;
  }
}
