package io.github.visualbert.cli.pull;

import io.github.visualbert.cli.console.ByteSize;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.TerminalLine;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.hub.HubCache;
import io.github.visualbert.cli.hub.HubEnvironment;
import io.github.visualbert.cli.hub.HubName;
import io.github.visualbert.cli.hub.Pull;
import io.github.visualbert.config.Labels;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.text.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code visualbert pull}: fetches a model from the hub into the cache. */
@Command(
    name = "pull",
    description =
        "Fetch a model or a detector from the Hugging Face hub, for --model or --detector.",
    footer = {
      "",
      "The last line printed is the folder of the model. Files go where Hugging Face's own tools"
          + " keep",
      "them; HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE mean what they mean"
          + " there.",
      "",
      "Examples:",
      "  visualbert pull uclanlp/visualbert-vqa --vocab-from google-bert/bert-base-uncased",
      "  visualbert pull unc-nlp/frcnn-vg-finetuned",
      "  visualbert run --task vqa --model uclanlp/visualbert-vqa --features cat.npy --question"
          + " \"What is it?\""
    })
public final class PullCommand extends ConsoleCommand {

  private final HubEnvironment environment;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "The model's name on the hub, OWNER/MODEL or OWNER/MODEL@REVISION.")
  private String name;

  @Option(
      names = "--revision",
      paramLabel = "REVISION",
      description = "A branch, tag or commit; main by default.")
  private String revision;

  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description = "Fetch these files too; repeat it for more.")
  private List<String> includes = List.of();

  @Option(
      names = "--vocab",
      paramLabel = "FILE",
      description = "Put a copy of this vocab.txt beside the model, which has none.")
  private Path vocab;

  @Option(
      names = "--vocab-from",
      paramLabel = "NAME",
      description = "Put the vocab.txt of another model on the hub beside it.")
  private String vocabFrom;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Put a copy of the names of its answers beside it: one a line, or JSON.")
  private Path labels;

  public PullCommand() {
    this(HubEnvironment.ofProcess());
  }

  public PullCommand(HubEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    HubName model = name(name, revision);
    HubName vocabModel = vocabFrom == null ? null : name(vocabFrom, null);
    if (vocab != null && vocabFrom != null) {
      throw usage("expected --vocab or --vocab-from, not both");
    }
    if (vocab != null) {
      Vocabulary.read(vocab); // checked before anything is fetched
    }
    if (labels != null && !Files.isReadable(labels)) {
      throw new ModelException(Kind.UNREADABLE, labels + ": there is no such file");
    }
    checkEnvironment();
    Pull.Result result;
    try (DownloadBar bar = new DownloadBar(TerminalLine.on(err()))) {
      Pull pull = new Pull(environment, bar);
      result = pull.model(model, includes);
      if (vocabModel != null) {
        vocab = pull.file(vocabModel, ModelFolder.VOCABULARY);
      }
      addBeside(model, result);
    } catch (IOException e) {
      throw new OutputException(environment.cache(), e);
    }
    print(result);
    noteMissing(model, result.folder());
    return ExitCode.OK;
  }

  private void addBeside(HubName model, Pull.Result result) throws IOException {
    HubCache cache = new HubCache(environment, model.repository());
    Path config = result.folder().resolve(ModelFolder.CONFIG);
    boolean known = Files.exists(config);
    if (vocab != null && Files.exists(result.folder().resolve(ModelFolder.TOKENIZER))) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: holds a vocabulary, which goes before %s; expected no --vocab and no --vocab-from"
              .formatted(result.folder().resolve(ModelFolder.TOKENIZER), vocab));
    }
    if (vocab != null) {
      Vocabulary vocabulary =
          known
              ? Vocabulary.read(vocab, VisualBertConfig.read(config).vocabSize())
              : Vocabulary.read(vocab);
      cache.add(vocab, result.commit(), ModelFolder.VOCABULARY);
    }
    if (labels != null) {
      if (known) {
        Labels.read(labels, VisualBertConfig.read(config).numLabels());
      }
      boolean json = labels.toString().endsWith(".json");
      cache.add(labels, result.commit(), ModelFolder.LABELS.get(json ? 1 : 0));
    }
  }

  private void print(Pull.Result result) {
    PrintWriter out = out();
    TextTable table = new TextTable("lrl");
    for (Pull.Item file : result.files()) {
      table.row(
          file.name(), ByteSize.text(file.size()), file.fetched() ? "fetched" : "was in the cache");
    }
    table.print(out, "");
    out.println(result.folder());
  }

  /** Warns on standard error of files that the model needs and lacks. */
  private void noteMissing(HubName model, Path folder) {
    PrintWriter err = err();
    if (isDetector(folder)) {
      List<String> labels = ModelFolder.DETECTOR_LABELS;
      if (labels.stream().noneMatch(name -> Files.exists(folder.resolve(name)))) {
        err.println(
            "visualbert pull: note: the detector has no "
                + labels.getFirst()
                + ", so classes have no names; features and answers are the same");
      }
      return;
    }
    if (!Files.exists(folder.resolve(ModelFolder.CONFIG))) {
      err.println("visualbert pull: note: the model has no config.json");
    }
    if (!Files.exists(folder.resolve(ModelFolder.VOCABULARY))
        && !Files.exists(folder.resolve(ModelFolder.TOKENIZER))) {
      err.println(
          "visualbert pull: note: the model has no vocab.txt, without which it reads no text."
              + " Models of the authors were trained with that of bert-base-uncased: visualbert"
              + " pull "
              + model
              + " --vocab-from google-bert/bert-base-uncased, or --vocab FILE");
    }
  }

  private static boolean isDetector(Path folder) {
    return !Files.exists(folder.resolve(ModelFolder.CONFIG))
        && ModelFolder.DETECTOR_CONFIGS.stream()
            .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  private void checkEnvironment() {
    try {
      environment.endpoint();
      environment.token();
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private HubName name(String text, String otherRevision) {
    try {
      HubName parsed = HubName.parse(text);
      if (otherRevision == null) {
        return parsed;
      }
      if (text.contains("@") && !parsed.revision().equals(otherRevision)) {
        throw usage("%s and --revision %s contradict each other".formatted(text, otherRevision));
      }
      return new HubName(parsed.repository(), otherRevision);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }
}
