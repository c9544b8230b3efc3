package io.github.visualbert.cli.serve;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.DemoModels;
import io.github.visualbert.cli.model.ModelLocation;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code visualbert serve}: a port instead of a process for each question. */
@Command(
    name = "serve",
    description = "Answer questions about pictures over HTTP.",
    footer = {
      "",
      "Examples:",
      "  visualbert serve",
      "  visualbert serve --model models/vqa models/nlvr2 --detector models/butd --port 8080",
      "  visualbert serve --model models/vqa --host 0.0.0.0 --token-file tokens.txt",
      "",
      "  curl -F question='how many rings?' -F image=@scene-1.png localhost:8080/v1/answers",
      "",
      "A model's name is that of its folder. SIGTERM ends the service when all is answered; SIGHUP"
          + " opens models and tokens again.",
      "The password of --tls-key-store is in the environment variable VISUALBERT_TLS_PASSWORD."
    })
public final class ServeCommand extends ConsoleCommand {
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--model",
      arity = "1..*",
      paramLabel = "DIR",
      description = "Model folders; the demo model of vqa by default.")
  private List<Path> models = List.of();

  @Option(
      names = "--detector",
      paramLabel = "DIR",
      description =
          "Object detector that finds the regions of pictures; what each model's"
              + " preprocessor_config.json names by default.")
  private Path detector;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on; 127.0.0.1 by default.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port to listen on; 8080 by default, 0 for a free one.")
  private int port = 8080;

  @Option(
      names = "--queue",
      paramLabel = "N",
      description = "How many requests may wait; 256 by default.")
  private int queue = 256;

  @Option(
      names = "--max-body",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "The longest request, such as 8M; 32M by default.")
  private long maxBody = 32L << 20;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Tokens that open the service, one a line.")
  private Path tokenFile;

  @Option(
      names = "--tls-key-store",
      paramLabel = "FILE",
      description = "Certificate and key in PKCS #12, to speak HTTPS.")
  private Path keyStore;

  @Option(
      names = "--allow-anonymous",
      description = "Listen to others than this machine without tokens.")
  private boolean allowAnonymous;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    InetAddress address = address();
    check(address);
    List<Path> folders = new ArrayList<>();
    models.forEach(model -> folders.add(ModelLocation.require(model)));
    if (folders.isEmpty()) {
      folders.add(
          DemoModels.find(TaskName.VQA)
              .orElseThrow(() -> usage("expected --model: there are no demo models here")));
    }
    JettyJars.load();
    Service.Settings settings =
        new Service.Settings(
            folders,
            detector,
            address,
            port,
            queue,
            maxBody,
            tokenFile,
            keyStore == null ? null : KeyFile.of(keyStore));
    try (Service service = Service.start(settings, compute, out())) {
      service.awaitEnd();
    }
    return ExitCode.OK;
  }

  private InetAddress address() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw usage("--host is '" + host + "', which is no address of this machine");
    }
  }

  private void check(InetAddress address) {
    if (port < 0 || port > MAX_PORT) {
      throw usage("--port is " + port + ", expected 0 to " + MAX_PORT);
    }
    if (queue < 1) {
      throw usage("--queue is " + queue + ", expected at least 1");
    }
    if (maxBody < 1 || maxBody > Integer.MAX_VALUE / 2) {
      throw usage("--max-body is " + maxBody + " bytes, expected 1 to 1G");
    }
    if (!address.isLoopbackAddress() && tokenFile == null && !allowAnonymous) {
      throw usage(
          "--host "
              + host
              + " can be reached by others; expected --token-file, or --allow-anonymous to serve"
              + " everybody");
    }
  }
}
