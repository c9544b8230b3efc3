package io.github.visualbert.simd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the vector width does not say about a processor.
 *
 * @param amd whether the vendor is AMD
 * @param fullRate512 whether it begins as many multiply-adds of 512 bits in a cycle as of 256 bits.
 *     Others take two cycles for one, or have one port for them instead of two
 */
record Processor(boolean amd, boolean fullRate512) {
  /** Overrides {@link #fullRate512}: {@code true} or {@code false}. */
  static final String FULL_RATE = "visualbert.simd.fullRate512";

  private static final int ZEN_5 = 0x1a;

  /** Zen 5 with data paths of 256 bits: Strix Point and Krackan, by their upper model digit. */
  private static final Set<Integer> HALF_WIDTH_ZEN_5 = Set.of(0x2, 0x6);

  /** Cannon Lake, Ice Lake, Tiger Lake and Rocket Lake for clients: one port for 512 bits. */
  private static final Set<Integer> ONE_PORT = Set.of(102, 125, 126, 140, 141, 167);

  private static final Pattern LINUX =
      Pattern.compile(
          "vendor_id\\s*:\\s*(?<vendor>\\S+).*?family\\s*:\\s*(?<family>\\d+).*?model\\s*:\\s*(?<model>\\d+)",
          Pattern.DOTALL);

  private static final Pattern WINDOWS =
      Pattern.compile("Family (?<family>\\d+) Model (?<model>\\d+).*, (?<vendor>\\S+)");

  /** This machine's; unknown ones, and systems other than Linux and Windows, have neither. */
  static final Processor HERE = here();

  private static Processor here() {
    String windows = System.getenv("PROCESSOR_IDENTIFIER");
    Processor processor = windows == null ? linux() : ofWindows(windows);
    String fullRate = System.getProperty(FULL_RATE);
    return fullRate == null
        ? processor
        : new Processor(processor.amd, Boolean.parseBoolean(fullRate));
  }

  private static Processor linux() {
    try (InputStream cpuinfo = Files.newInputStream(Path.of("/proc/cpuinfo"))) {
      return ofLinux(new String(cpuinfo.readNBytes(1024), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return ofLinux("");
    }
  }

  /** Returns what the first processor in the text of {@code /proc/cpuinfo} is. */
  static Processor ofLinux(String cpuinfo) {
    return of(LINUX.matcher(cpuinfo));
  }

  /** Returns what Windows' variable {@code PROCESSOR_IDENTIFIER} says. */
  static Processor ofWindows(String identifier) {
    return of(WINDOWS.matcher(identifier));
  }

  private static Processor of(Matcher found) {
    if (!found.find()) {
      return new Processor(false, false);
    }
    int family = Integer.parseInt(found.group("family"));
    int model = Integer.parseInt(found.group("model"));
    return switch (found.group("vendor").toLowerCase(Locale.ROOT)) {
      case "authenticamd" ->
          new Processor(true, family >= ZEN_5 && !HALF_WIDTH_ZEN_5.contains(model >> 4));
      case "genuineintel" -> new Processor(false, !ONE_PORT.contains(model));
      default -> new Processor(false, false);
    };
  }
}
