package io.github.visualbert.cli.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.console.VersionProvider;
import io.github.visualbert.cli.detector.DetectorFacts;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.cli.detector.TowerFacts;
import io.github.visualbert.cli.model.DemoModels;
import io.github.visualbert.cli.model.MemoryUse;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.cli.model.VectorModule;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.weights.Checkpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code visualbert doctor}: what decides how fast the program is here, and what would change it.
 */
@Command(
    name = "doctor",
    description = {
      "Show what decides how fast models run here, and what would change it;",
      "with --model or --detector also how much memory it will occupy."
    })
public final class DoctorCommand extends ConsoleCommand {
  private static final String UNKNOWN = "unknown";
  private static final String REFUSED = "refused";
  private static final String CHOSEN = "chosen";
  private static final String TO_CHANGE = "to change";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "A model, to show how much memory it will occupy.")
  private Path model;

  @Option(
      names = "--detector",
      paramLabel = "DIR",
      description = "A detector, to show how much memory a picture will take.")
  private Path detector;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    MemoryUse memory = model == null ? null : memoryOf(ModelLocation.require(model));
    boolean tower = detector != null && VcrTower.isIn(ModelLocation.requireWeights(detector));
    TowerFacts towerFacts = tower ? TowerFacts.of(ModelLocation.requireWeights(detector)) : null;
    DetectorFacts facts =
        detector == null || tower ? null : factsOf(DetectorFolder.require(detector));
    Optional<String> unloadable = VectorModule.load();
    KernelSelection selection = KernelSelection.select(configured());
    String kernels = selection.kernels().provider() + ": " + selection.kernels().description();
    String caches = CpuCaches.describe(CpuCaches.FOLDER);
    Runtime runtime = Runtime.getRuntime();
    PrintWriter out = out();
    Report table =
        new Report()
            .row("version", VersionProvider.line())
            .row("java", property("java.runtime.version") + ", " + property("java.vm.name"))
            .row("java home", property("java.home"))
            .row("system", property("os.name") + " " + property("os.version"))
            .row("processor", property("os.arch") + processor())
            .row("caches", caches.isEmpty() ? "the system does not tell" : caches)
            .row("threads", runtime.availableProcessors() + ", unless --threads says otherwise")
            .row("memory", memory() + ", Java heap at most " + mebibytes(runtime.maxMemory()))
            .row("vector module", unloadable.map(why -> "not loaded: " + why).orElse("loaded"))
            .row("vector width", flag("MaxVectorSize", " bytes at most"))
            .row("fused multiply-add", flag("UseFMA", ""))
            .row("kernels", kernels);
    for (String choice : selection.kernels().choices()) {
      table.row(CHOSEN, choice);
    }
    for (String refusal : selection.refusals()) {
      table.row(REFUSED, refusal);
    }
    DemoModels.find(TaskName.VQA)
        .ifPresent(model -> table.row("demo models", "" + model.getParent()));
    for (String change : changes(selection, unloadable)) {
      table.row(TO_CHANGE, change);
    }
    if (format.isJson()) {
      JsonWriter json = new JsonWriter().beginObject();
      table.write(json);
      if (memory != null) {
        json.name("model").beginObject().field("folder", model.toString());
        memory.write(json);
        json.endObject();
      }
      if (detector != null) {
        json.name("detector").beginObject().field("folder", detector.toString());
        if (tower) {
          towerFacts.write(json);
        } else {
          facts.write(json);
        }
        json.endObject();
      }
      out.println(json.endObject());
    } else {
      TextTable text = new TextTable("ll");
      table.rows.forEach(row -> text.row(row.name, row.value));
      if (memory != null) {
        text.row("model", model.toString());
        memory.addTo(text, "  occupies");
      }
      if (facts != null) {
        facts.addTo(text);
      }
      if (tower) {
        towerFacts.addTo(text);
      }
      text.print(out, "");
    }
    return ExitCode.OK;
  }

  private static DetectorFacts factsOf(DetectorFolder folder) {
    try (RegionDetector detector =
        folder.builder().provider(KernelSelection.SCALAR).threads(1).open()) {
      return DetectorFacts.of(detector);
    }
  }

  /** Reads the header of the weights and the configuration, not the weights. */
  private static MemoryUse memoryOf(Path folder) {
    try (Arena arena = Arena.ofConfined();
        Checkpoint checkpoint = Checkpoint.open(folder, arena)) {
      Path config = new ModelFolder(folder).config();
      Architecture architecture =
          Files.exists(config)
              ? Architecture.stated(VisualBertConfig.read(config), checkpoint)
              : Architecture.recover(checkpoint, 0);
      LoadAudit.of(checkpoint, architecture).orThrow();
      return MemoryUse.of(checkpoint, architecture);
    }
  }

  /** Findings by name; several rows may have one name. */
  private static final class Report {
    private record Row(String name, String value) {}

    private static final List<String> SEVERAL = List.of(CHOSEN, REFUSED, TO_CHANGE);

    private final List<Row> rows = new ArrayList<>();

    Report row(String name, String value) {
      rows.add(new Row(name, value));
      return this;
    }

    /** Writes a string for each name, and arrays for the names that may have several rows. */
    void write(JsonWriter json) {
      for (Row row : rows) {
        if (!SEVERAL.contains(row.name)) {
          json.field(key(row.name), row.value);
        }
      }
      for (String name : SEVERAL) {
        json.name(key(name)).beginArray();
        rows.stream().filter(row -> row.name.equals(name)).forEach(row -> json.value(row.value));
        json.endArray();
      }
    }

    private static String key(String name) {
      return name.replace(' ', '_').replace('-', '_');
    }
  }

  /**
   * Returns the provider to select: scalar where the user has set it, auto for any other setting.
   */
  private static String configured() {
    return KernelSelection.configured().equals(KernelSelection.SCALAR)
        ? KernelSelection.SCALAR
        : KernelSelection.AUTO;
  }

  private static List<String> changes(KernelSelection selection, Optional<String> unloadable) {
    List<String> changes = new ArrayList<>();
    boolean simd = selection.kernels().provider().equals(KernelSelection.SIMD);
    if (configured().equals(KernelSelection.SCALAR)) {
      changes.add(
          "do not set -D"
              + KernelSelection.PROPERTY
              + "=scalar: the vector kernels would be faster");
    } else if (unloadable.isPresent()) {
      changes.add("set VISUALBERT_JAVA_OPTIONS=\"--add-modules jdk.incubator.vector\"");
    } else if (!simd) {
      changes.add("see the row refused: the scalar kernels are several times slower");
    }
    if (simd && selection.kernels().description().contains("--enable-native-access")) {
      changes.add("set VISUALBERT_JAVA_OPTIONS=--enable-native-access=ALL-UNNAMED");
    }
    if (changes.isEmpty()) {
      changes.add("nothing");
    }
    return changes;
  }

  private static String property(String name) {
    return System.getProperty(name, UNKNOWN);
  }

  /** Returns the name of the processor from Linux, or an empty text elsewhere. */
  private static String processor() {
    if (!Files.isReadable(CPU_INFO)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> ", " + line.substring(line.indexOf(':') + 1).strip())
          .orElse("");
    } catch (IOException e) {
      return ""; // a name is not worth an error
    }
  }

  private static String memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? mebibytes(system.getTotalMemorySize())
            + " in all, "
            + mebibytes(system.getFreeMemorySize())
            + " free"
        : UNKNOWN;
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** Returns the value of a flag of HotSpot. */
  private static String flag(String name, String unit) {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return machine == null ? UNKNOWN : machine.getVMOption(name).getValue() + unit;
    } catch (IllegalArgumentException e) {
      return UNKNOWN; // another JVM, or another processor
    }
  }
}
