package io.github.visualbert.cli.tokenize;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.cli.model.DemoModels;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.text.Padding;
import io.github.visualbert.text.TokenizerConfig;
import io.github.visualbert.text.Truncation;
import io.github.visualbert.text.Vocabulary;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code visualbert tokenize}: what a model reads of a text. */
@Command(
    name = "tokenize",
    description = "Show the tokens of a text, or write those of a file of texts.",
    footer = {
      "",
      "A line of --input is an object with id and text (and pair, do_lower_case, truncation,"
          + " max_length,",
      "padding), or texts (and pairs, padding, pad_to_multiple_of); one of --output has id,"
          + " tokens,",
      "input_ids, token_type_ids and attention_mask, or id and error.",
      "",
      "Example:",
      "  visualbert tokenize \"What colour is the ring?\""
    })
public final class TokenizeCommand extends ConsoleCommand {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Use the vocabulary and settings of this model.")
  private Path model;

  @Option(names = "--vocab", paramLabel = "FILE", description = "Use this vocab.txt.")
  private Path vocab;

  @Option(names = "--cased", description = "With --vocab: keep upper case and accents.")
  private boolean cased;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Texts, one JSON object a line; - is standard input.")
  private Path input;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Answers, one JSON object a line; - is standard output.")
  private Path output;

  @Mixin private FormatOption format;

  @Parameters(
      arity = "0..1",
      index = "0",
      paramLabel = "TEXT",
      description = "A text; behind -- where it begins with a dash.")
  private String text;

  @Parameters(arity = "0..1", index = "1", paramLabel = "PAIR", description = "A second text.")
  private String pair;

  @Override
  public Integer call() {
    if (model != null && vocab != null) {
      throw usage("expected --model or --vocab, not both");
    }
    if (cased && vocab == null) {
      throw usage("--cased goes with --vocab; a model has its own settings");
    }
    if ((text == null) == (input == null)) {
      throw usage("expected a TEXT or --input, one of them");
    }
    if ((input == null) != (output == null)) {
      throw usage("--input and --output go together");
    }
    if (text != null) {
      print(tokenizer(), out());
      return ExitCode.OK;
    }
    if (!output.equals(JsonLines.STANDARD_STREAM)) {
      OutputFile.require(spec(), "--output", output, input);
    }
    try (JsonLines lines = JsonLines.open(input)) {
      Batch batch = new Batch(tokenizer());
      if (output.equals(JsonLines.STANDARD_STREAM)) {
        PrintWriter out = out();
        for (byte[] line; (line = lines.next()) != null; ) {
          out.println(batch.answer(line, lines));
        }
      } else {
        OutputFile.write(output, out -> batch.answerAll(lines, out));
      }
    }
    return ExitCode.OK;
  }

  private BertTokenizer tokenizer() {
    if (vocab != null) {
      return new BertTokenizer(
          Vocabulary.read(vocab), cased ? TokenizerConfig.cased() : TokenizerConfig.uncased());
    }
    return BertTokenizer.open(
        model != null
            ? ModelLocation.require(model)
            : DemoModels.find(TaskName.VQA)
                .orElseThrow(() -> usage("expected --model or --vocab")));
  }

  private void print(BertTokenizer tokenizer, PrintWriter out) {
    Encoding encoding = tokenizer.encode(text, pair, Truncation.none(), Padding.none());
    if (format.isJson()) {
      JsonWriter json = new JsonWriter().beginObject();
      TokenizeRequest.write(List.of(encoding), false, json);
      out.println(json.endObject());
      return;
    }
    TextTable table = new TextTable("rrl");
    int[] ids = encoding.ids();
    for (int position = 0; position < ids.length; position++) {
      table.row(
          Integer.toString(position),
          Integer.toString(ids[position]),
          tokenizer.vocabulary().token(ids[position]));
    }
    table.print(out, "");
  }

  /** Answers line by line. An invalid line is answered with its error. */
  private static final class Batch {
    private final BertTokenizer tokenizer;
    private BertTokenizer otherCase; // the same with the opposite do_lower_case

    Batch(BertTokenizer tokenizer) {
      this.tokenizer = tokenizer;
    }

    void answerAll(JsonLines lines, BufferedWriter out) throws IOException {
      for (byte[] line; (line = lines.next()) != null; ) {
        out.write(answer(line, lines));
        out.write('\n');
      }
    }

    String answer(byte[] line, JsonLines lines) {
      long number = lines.number();
      JsonValue id = new JsonValue.Text(Long.toString(number));
      try {
        lines.requireWhole();
        JsonObject object = Json.parseObject(line);
        if (object.has("id")) {
          id = object.get("id");
        }
        TokenizeRequest request = new TokenizeRequest(object);
        JsonWriter answer = new JsonWriter().beginObject().name("id").value(id);
        request.answer(tokenizer(request), answer);
        return answer.endObject().toString();
      } catch (JsonException e) {
        return failure(id, number, e.problemInLine());
      } catch (InputException e) {
        return failure(id, number, e.getMessage());
      }
    }

    private static String failure(JsonValue id, long number, String problem) {
      return new JsonWriter()
          .beginObject()
          .name("id")
          .value(id)
          .field("error", "line " + number + ": " + problem)
          .endObject()
          .toString();
    }

    private BertTokenizer tokenizer(TokenizeRequest request) {
      TokenizerConfig config = tokenizer.config();
      boolean lowerCase = request.lowerCase(config.lowerCase());
      if (lowerCase == config.lowerCase()) {
        return tokenizer;
      }
      if (otherCase == null) {
        // accents follow the case, unless the model says otherwise
        boolean accentsFollow = config.stripAccents() == config.lowerCase();
        otherCase =
            new BertTokenizer(
                tokenizer.vocabulary(),
                new TokenizerConfig(
                    lowerCase,
                    accentsFollow ? lowerCase : config.stripAccents(),
                    config.chineseChars(),
                    config.special(),
                    config.maxLength()));
      }
      return otherCase;
    }
  }
}
