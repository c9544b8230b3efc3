package io.github.visualbert.task;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.model.RegionToPhraseHead;
import io.github.visualbert.model.Rows;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.Trace;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the region of a picture that each phrase of its caption refers to (Flickr30k Entities).
 * Thread-safe.
 *
 * <p>The row of a phrase is that of the last sub-word of its last word, as in the authors' code.
 */
public final class PhraseGrounding {
  private final TaskModel model;
  private final RegionToPhraseHead head;

  /**
   * A phrase of a caption.
   *
   * @param begin its start in the caption, in chars
   * @param end its end, exclusive
   */
  public record Phrase(int begin, int end) {}

  /** A caption of a picture, with the phrases to look for. */
  public record Caption(String text, List<Phrase> phrases, VisualFeatures picture) {}

  /**
   * A phrase and the regions that it may refer to.
   *
   * @param regions the regions, the most probable first; an answer's index is the region's
   */
  public record GroundedPhrase(String text, Ranking regions) {}

  /**
   * Makes the task.
   *
   * @throws IllegalStateException when the model has another head
   */
  @SuppressWarnings("exports") // only VisualBert makes tasks
  public PhraseGrounding(TaskModel model) {
    this.model = model;
    this.head = model.head(RegionToPhraseHead.class, HeadType.REGION_TO_PHRASE);
  }

  /**
   * Finds phrases in a caption by their words: each at its first occurrence after the phrase before
   * it, or else at its first occurrence.
   *
   * @throws InputException when the caption does not hold a phrase
   */
  public static List<Phrase> find(String caption, List<String> phrases) {
    List<Phrase> found = new ArrayList<>();
    int from = 0;
    for (String phrase : phrases) {
      TaskModel.requireText("phrase", phrase);
      int begin = indexOfWords(caption, phrase, from);
      if (begin < 0) {
        begin = indexOfWords(caption, phrase, 0);
      }
      if (begin < 0) {
        throw new InputException(
            Kind.MISMATCH,
            "the caption \"%s\" does not hold the phrase \"%s\"".formatted(caption, phrase));
      }
      found.add(new Phrase(begin, begin + phrase.length()));
      from = begin + phrase.length();
    }
    return found;
  }

  /** Returns the index of whole words in a text, ignoring case, or -1. */
  private static int indexOfWords(String text, String words, int from) {
    for (int at = from; at + words.length() <= text.length(); at++) {
      boolean begins = at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1));
      int end = at + words.length();
      boolean ends = end == text.length() || !Character.isLetterOrDigit(text.charAt(end));
      if (begins && ends && text.regionMatches(true, at, words, 0, words.length())) {
        return at;
      }
    }
    return -1;
  }

  /** Returns the rows of a caption's sequence: its tokens, special ones counted in, and regions. */
  public int rows(Caption caption) {
    return model.encode("caption", caption.text(), null).size() + caption.picture().regions();
  }

  /** Grounds the phrases of one caption, each with its {@code topK} most probable regions. */
  public List<GroundedPhrase> ground(
      String caption, List<Phrase> phrases, VisualFeatures picture, int topK) {
    return ground(List.of(new Caption(caption, phrases, picture)), topK).getFirst();
  }

  /** Grounds the phrases of many captions in one pass. */
  public List<List<GroundedPhrase>> ground(List<Caption> captions, int topK) {
    Ranking.requirePositive(topK);
    if (model.isNothing(captions)) {
      return List.of();
    }
    List<Sequence> sequences = new ArrayList<>();
    int[] phrases = new int[captions.size()];
    int[] regions = new int[captions.size()];
    boolean[] truncated = new boolean[captions.size()];
    int[][] read = new int[captions.size()][];
    for (int i = 0; i < captions.size(); i++) {
      Caption caption = captions.get(i);
      Encoding encoding = model.encode("caption", caption.text(), null);
      truncated[i] = encoding.truncated();
      sequences.add(model.sequence(encoding.ids(), null, caption.picture()));
      phrases[i] = caption.phrases().size();
      regions[i] = caption.picture().regions();
      read[i] = RegionToPhraseHead.rows(positions(caption, encoding), encoding.size(), regions[i]);
    }
    float[][] logits = // per caption (phrases, regions)
        model
            .engine()
            .run(
                execution -> {
                  Matrix rows =
                      model.model().forward(execution, sequences, new Rows(read), Trace.none());
                  return head.logits(execution, rows, phrases, regions);
                });
    List<List<GroundedPhrase>> grounded = new ArrayList<>();
    for (int i = 0; i < captions.size(); i++) {
      Caption caption = captions.get(i);
      model.requireFinite(logits[i]);
      List<GroundedPhrase> ofCaption = new ArrayList<>();
      for (int j = 0; j < phrases[i]; j++) {
        Phrase phrase = caption.phrases().get(j);
        ofCaption.add(
            new GroundedPhrase(
                caption.text().substring(phrase.begin(), phrase.end()),
                Ranking.of(
                    logits[i],
                    j * regions[i],
                    regions[i],
                    region -> "region " + region,
                    topK,
                    truncated[i])));
      }
      grounded.add(ofCaption);
    }
    return grounded;
  }

  /** Returns the position of the last token of each phrase. */
  private static int[] positions(Caption caption, Encoding encoding) {
    if (caption.phrases().isEmpty()) {
      throw new InputException(Kind.MALFORMED, "the caption has no phrases to look for");
    }
    int length = caption.text().length();
    int[] positions = new int[caption.phrases().size()];
    for (int i = 0; i < positions.length; i++) {
      Phrase phrase = caption.phrases().get(i);
      if (phrase.begin() < 0 || phrase.end() > length || phrase.begin() >= phrase.end()) {
        throw new InputException(
            Kind.MISMATCH,
            "a phrase is at %d to %d, expected a range within 0 to %d of the caption"
                .formatted(phrase.begin(), phrase.end(), length));
      }
      String text = caption.text().substring(phrase.begin(), phrase.end());
      positions[i] =
          encoding
              .lastTokenOfPhrase(phrase.begin(), phrase.end())
              .orElseThrow(
                  () ->
                      new InputException(
                          Kind.MISMATCH,
                          "the phrase \"%s\" has no token in what the model reads of the caption"
                              .formatted(text)));
    }
    return positions;
  }
}
