package io.github.visualbert.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import io.github.visualbert.kernel.KernelSelection;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code visualbert doctor}: what decides how fast the program is here, and what would change it.
 */
@Command(
    name = "doctor",
    description = "Say what decides how fast models run here, and what would change it.")
final class DoctorCommand implements Callable<Integer> {
  private static final String UNKNOWN = "unknown";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Optional<String> unloadable = VectorModule.load();
    KernelSelection selection = KernelSelection.select(configured());
    String kernels = selection.kernels().provider() + ": " + selection.kernels().description();
    Runtime runtime = Runtime.getRuntime();
    PrintWriter out = spec.commandLine().getOut();
    TextTable table =
        new TextTable("ll")
            .row("version", VersionProvider.line())
            .row("java", property("java.runtime.version") + ", " + property("java.vm.name"))
            .row("java home", property("java.home"))
            .row("system", property("os.name") + " " + property("os.version"))
            .row("processor", property("os.arch") + processor())
            .row("threads", runtime.availableProcessors() + ", unless --threads says otherwise")
            .row("memory", memory() + ", of it for Java objects " + mebibytes(runtime.maxMemory()))
            .row("vector module", unloadable.map(why -> "not loaded: " + why).orElse("loaded"))
            .row("vector width", flag("MaxVectorSize", " bytes at most"))
            .row("fused multiply-add", flag("UseFMA", ""))
            .row("kernels", kernels);
    for (String refusal : selection.refusals()) {
      table.row("refused", refusal);
    }
    DemoModels.find("vqa").ifPresent(model -> table.row("demo models", "" + model.getParent()));
    for (String change : changes(selection, unloadable)) {
      table.row("to change", change);
    }
    table.print(out, "");
    return ExitCode.OK;
  }

  /** Returns the provider that the user has set, as far as there is such a one here. */
  private static String configured() {
    return KernelSelection.configured().equals(KernelSelection.SCALAR)
        ? KernelSelection.SCALAR
        : KernelSelection.AUTO;
  }

  private static List<String> changes(KernelSelection selection, Optional<String> unloadable) {
    List<String> changes = new ArrayList<>();
    boolean simd = selection.kernels().provider().equals(KernelSelection.SIMD);
    if (configured().equals(KernelSelection.SCALAR)) {
      changes.add("do not set -D" + KernelSelection.PROPERTY + "=scalar: others would be faster");
    } else if (unloadable.isPresent()) {
      changes.add("set VISUALBERT_JAVA_OPTIONS=\"--add-modules jdk.incubator.vector\"");
    } else if (!simd) {
      changes.add("what is said under refused: plain Java is several times slower");
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

  /** Returns the name of the processor where Linux tells it, or nothing. */
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
      return ""; // only a name
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
