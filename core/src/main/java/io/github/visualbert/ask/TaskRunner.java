package io.github.visualbert.ask;

import io.github.visualbert.VisualBert;
import io.github.visualbert.error.InputException;
import io.github.visualbert.model.InvalidArgumentException;
import io.github.visualbert.task.Answer;
import io.github.visualbert.task.FeatureExtraction;
import io.github.visualbert.task.MultipleChoice;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.PhraseGrounding.GroundedPhrase;
import io.github.visualbert.task.PreTraining;
import io.github.visualbert.task.QuestionAnswering;
import io.github.visualbert.task.Ranking;
import io.github.visualbert.task.VisualReasoning;
import io.github.visualbert.vision.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A task of an open model. Answers any number of requests in one forward pass, with replies in the
 * same order. Thread-safe, as the model is.
 *
 * <p>Throws what the task of the library throws, even if only one of the requests is invalid.
 */
public sealed interface TaskRunner {
  /** Maximum sequences in a batch: a larger one computes no faster. */
  int BATCH_SEQUENCES = 32;

  List<Reply> ask(List<Request> requests);

  /** Returns how many rows the model computes for a request: tokens and regions. */
  int rows(Request request);

  /**
   * Answers requests of which some may be invalid: the reply to such a one is the error.
   *
   * @param outOfMemory the error of a request that does not fit in memory
   */
  default List<Reply> askEach(List<Request> requests, String outOfMemory) {
    if (requests.isEmpty()) {
      return List.of();
    }
    try {
      return ask(requests);
    } catch (InputException | InvalidArgumentException | OutOfMemoryError e) {
      if (requests.size() == 1) {
        String why = e instanceof OutOfMemoryError ? outOfMemory : e.getMessage();
        return List.of(new Reply.Failed(requests.getFirst().id(), why));
      }
    }
    List<Reply> replies = new ArrayList<>(); // at least one is invalid: ask each alone
    for (Request request : requests) {
      replies.addAll(askEach(List.of(request), outOfMemory));
    }
    return replies;
  }

  /**
   * Returns the runner of a task.
   *
   * @param topK maximum answers of each ranking
   * @param allStates whether {@code encode} gives every row of the last layer
   */
  static TaskRunner of(TaskName task, VisualBert model, int topK, boolean allStates) {
    return switch (task) {
      case VQA -> new Questions(model.questionAnswering(), topK);
      case NLVR2 -> new Statements(model.visualReasoning(), topK);
      case VCR -> new Choices(model.multipleChoice(), topK);
      case FLICKR -> new Phrases(model.phraseGrounding(), topK);
      case PRETRAIN -> new Sentences(model.preTraining(), topK);
      case ENCODE -> new Encodings(model.featureExtraction(), allStates);
    };
  }

  /** Returns one ranking for each request as a reply, cut to the best {@code topK} answers. */
  private static List<Reply> replies(List<Request> requests, List<Ranking> rankings, int topK) {
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      Ranking ranking = rankings.get(i);
      List<Answer> answers = ranking.answers();
      List<Answer> best = answers.subList(0, Math.min(topK, answers.size()));
      replies.add(
          new Reply.Answers(
              requests.get(i).id(),
              List.of(new Reply.Group(null, best)),
              OptionalDouble.empty(),
              ranking.truncated()));
    }
    return replies;
  }

  /** {@code vqa}. */
  record Questions(QuestionAnswering task, int topK) implements TaskRunner {
    @Override
    public List<Reply> ask(List<Request> requests) {
      List<QuestionAnswering.Question> questions =
          requests.stream().map(Questions::question).toList();
      return replies(requests, task.answer(questions, topK), topK);
    }

    @Override
    public int rows(Request request) {
      return task.rows(question(request));
    }

    private static QuestionAnswering.Question question(Request request) {
      return new QuestionAnswering.Question(request.text(), request.picture());
    }
  }

  /** {@code nlvr2}. */
  record Statements(VisualReasoning task, int topK) implements TaskRunner {
    @Override
    public List<Reply> ask(List<Request> requests) {
      List<VisualReasoning.Statement> statements =
          requests.stream().map(Statements::statement).toList();
      return replies(requests, task.judge(statements), topK);
    }

    @Override
    public int rows(Request request) {
      return task.rows(statement(request));
    }

    private static VisualReasoning.Statement statement(Request request) {
      return new VisualReasoning.Statement(
          request.text(), request.pictures().get(0), request.pictures().get(1));
    }
  }

  /** {@code vcr}. */
  record Choices(MultipleChoice task, int topK) implements TaskRunner {
    @Override
    public List<Reply> ask(List<Request> requests) {
      List<MultipleChoice.Item> questions = requests.stream().map(Choices::item).toList();
      return replies(requests, task.choose(questions), topK);
    }

    @Override
    public int rows(Request request) {
      return task.rows(item(request));
    }

    private static MultipleChoice.Item item(Request request) {
      return request.tagged() != null
          ? request.tagged()
          : new MultipleChoice.Question(request.text(), request.choices(), request.picture());
    }
  }

  /** {@code flickr}. */
  record Phrases(PhraseGrounding task, int topK) implements TaskRunner {
    @Override
    public List<Reply> ask(List<Request> requests) {
      List<PhraseGrounding.Caption> captions = requests.stream().map(Phrases::caption).toList();
      List<List<GroundedPhrase>> grounded = task.ground(captions, topK);
      List<Reply> replies = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        List<Reply.Group> groups = new ArrayList<>();
        boolean truncated = false;
        for (GroundedPhrase phrase : grounded.get(i)) {
          List<Answer> answers = phrase.regions().answers();
          List<Box> places = requests.get(i).picture().boxes();
          List<Box> boxes =
              places.isEmpty()
                  ? places
                  : answers.stream().map(answer -> places.get(answer.index())).toList();
          groups.add(new Reply.Group(phrase.text(), answers, boxes));
          truncated |= phrase.regions().truncated();
        }
        replies.add(
            new Reply.Answers(requests.get(i).id(), groups, OptionalDouble.empty(), truncated));
      }
      return replies;
    }

    @Override
    public int rows(Request request) {
      return task.rows(caption(request));
    }

    private static PhraseGrounding.Caption caption(Request request) {
      return new PhraseGrounding.Caption(request.text(), request.phrases(), request.picture());
    }
  }

  /**
   * {@code pretrain}. Without a masked word, the answers are whether sentence and picture match.
   */
  record Sentences(PreTraining task, int topK) implements TaskRunner {
    private static final String MATCH = "match";
    private static final String NO_MATCH = "no match";

    @Override
    public List<Reply> ask(List<Request> requests) {
      List<PreTraining.Sentence> sentences = requests.stream().map(Sentences::sentence).toList();
      List<PreTraining.Completion> completions = task.complete(sentences, topK);
      List<Reply> replies = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        PreTraining.Completion completion = completions.get(i);
        List<Reply.Group> groups = new ArrayList<>();
        for (Ranking words : completion.words()) {
          groups.add(new Reply.Group("[MASK]", words.answers()));
        }
        if (groups.isEmpty()) {
          groups.add(new Reply.Group(null, verdict(completion.match())));
        }
        replies.add(
            new Reply.Answers(
                requests.get(i).id(),
                groups,
                OptionalDouble.of(completion.match()),
                completion.truncated()));
      }
      return replies;
    }

    @Override
    public int rows(Request request) {
      return task.rows(sentence(request));
    }

    private static PreTraining.Sentence sentence(Request request) {
      return new PreTraining.Sentence(request.text(), request.picture());
    }

    private List<Answer> verdict(double match) {
      Answer yes = new Answer(MATCH, task.matchClass(), match);
      Answer no = new Answer(NO_MATCH, 1 - task.matchClass(), 1 - match);
      return match >= 0.5 ? List.of(yes, no) : List.of(no, yes);
    }
  }

  /** {@code encode}. */
  record Encodings(FeatureExtraction task, boolean allStates) implements TaskRunner {
    @Override
    public List<Reply> ask(List<Request> requests) {
      List<FeatureExtraction.Input> inputs = requests.stream().map(Encodings::input).toList();
      List<FeatureExtraction.Features> features = task.extract(inputs, allStates);
      List<Reply> replies = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        FeatureExtraction.Features each = features.get(i);
        replies.add(
            new Reply.Vectors(
                requests.get(i).id(), each.pooled(), each.lastHiddenState(), each.truncated()));
      }
      return replies;
    }

    @Override
    public int rows(Request request) {
      return task.rows(input(request));
    }

    private static FeatureExtraction.Input input(Request request) {
      return new FeatureExtraction.Input(request.text(), request.picture());
    }
  }
}
