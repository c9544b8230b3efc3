package io.github.visualbert.cli.forward;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.cli.cases.CaseRun;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.IgnoredTensors;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.forward.ForwardOutputs;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code visualbert forward}: the plain forward pass, tensors in and tensors out. */
@Command(
    name = "forward",
    description = "Run a model on tensors, with the arguments and outputs of transformers.",
    footer = {
      "",
      "Examples:",
      "  visualbert forward --model DIR --inputs in.safetensors --outputs out.safetensors",
      "  visualbert forward --cases DIR --outputs DIR"
    })
public final class ForwardCommand extends ConsoleCommand {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model folder: config.json and the weights.")
  private Path model;

  @Option(
      names = "--head",
      paramLabel = "CLASS",
      description = "Run this class of transformers instead of the one config.json names.")
  private String head;

  @Option(
      names = "--inputs",
      paramLabel = "FILE",
      description = "Arguments by their names in transformers: input_ids, visual_embeds, ...")
  private Path inputs;

  @Option(
      names = "--outputs",
      paramLabel = "FILE",
      required = true,
      description = "Where the outputs go, F32; with --cases a folder.")
  private Path outputs;

  @Option(
      names = "--hidden-states",
      description = "Write hidden_states.N too: the embeddings and every layer.")
  private boolean hiddenStates;

  @Option(names = "--attentions", description = "Write attentions.N too.")
  private boolean attentions;

  @Option(
      names = "--cases",
      paramLabel = "DIR",
      description = {
        "Run every folder below DIR that holds config.json and inputs.safetensors, with all"
            + " outputs.",
        "One that is refused leaves error.txt."
      })
  private Path cases;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    PrintWriter out = out();
    compute.threads();
    compute.provider();
    if (cases != null) {
      if (model != null || inputs != null || head != null) {
        throw usage("--cases stands alone: --model, --inputs and --head belong to a single case");
      }
      List<Path> found =
          CaseRun.find(cases, ForwardCase::isIn, "config.json and inputs.safetensors");
      return new CaseRun(this, outputs, this::run).run(found);
    }
    if (model == null || inputs == null) {
      throw usage("expected --model and --inputs, or --cases");
    }
    OutputFile.require(spec(), "--outputs", outputs, inputs);
    VisualBertBuilder builder = ModelLocation.builder(model);
    if (head != null) {
      builder.head(headType());
    }
    try (Arena arena = Arena.ofShared();
        VisualBert opened = compute.applyTo(builder).open()) {
      IgnoredTensors.warn(this, opened);
      ForwardOutputs results =
          opened.forward().run(ForwardFiles.read(inputs, arena), hiddenStates, attentions);
      ForwardFiles.write(outputs, results);
      TextTable table = new TextTable("ll");
      results.tensors().forEach((name, tensor) -> table.row(name, Arrays.toString(tensor.shape())));
      table.print(out, "");
    }
    return ExitCode.OK;
  }

  /** Runs a case with all outputs. */
  private void run(Path folder, Path target) {
    ForwardCase each = new ForwardCase(folder);
    try (Arena arena = Arena.ofShared();
        VisualBert opened = compute.applyTo(each.model()).open()) {
      ForwardFiles.write(
          target, opened.forward().run(ForwardFiles.read(each.inputs(), arena), true, true));
    }
  }

  private HeadType headType() {
    return HeadType.of(head)
        .orElseThrow(
            () ->
                usage(
                    "--head is '%s', expected one of %s"
                        .formatted(head, String.join(", ", HeadType.classNames()))));
  }
}
