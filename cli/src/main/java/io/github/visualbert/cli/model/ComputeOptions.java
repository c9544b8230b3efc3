package io.github.visualbert.cli.model;

import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.detect.VcrTowerBuilder;
import io.github.visualbert.kernel.KernelSelection;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of every command that computes: kernels and threads. */
public final class ComputeOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description = "Kernels: auto (the default), simd or scalar.")
  private String provider = KernelSelection.AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = ThreadCounts.Converter.class,
      description = "Threads to compute on; all processors by default.")
  private ThreadCounts threads = ThreadCounts.of(Runtime.getRuntime().availableProcessors());

  /**
   * Applies the options to a model, after loading the Vector API if it is needed.
   *
   * @throws ParameterException when an option is invalid, or the provider does not run here
   */
  public VisualBertBuilder applyTo(VisualBertBuilder model) {
    return model.provider(provider()).threads(threads());
  }

  /**
   * Applies the options to a model for work of a known size. Little work runs on scalar kernels,
   * since vector kernels take longer to compile.
   *
   * @param folder the folder of the model
   * @param sequences how many sequences are computed
   */
  public VisualBertBuilder applyTo(VisualBertBuilder model, Path folder, int sequences) {
    if (KernelSelection.resolve(provider).equals(KernelSelection.AUTO)
        && ColdStart.prefersScalar(folder, ColdStart.ROWS_OF_SEQUENCE * sequences, threads())) {
      return model.provider(KernelSelection.SCALAR).threads(threads());
    }
    return applyTo(model);
  }

  /** Applies the options to a detector, as {@link #applyTo(VisualBertBuilder)} does. */
  public RegionDetectorBuilder applyTo(RegionDetectorBuilder detector) {
    return detector.provider(provider()).threads(threads());
  }

  /** Applies the options to VCR's tower, as {@link #applyTo(VisualBertBuilder)} does. */
  public VcrTowerBuilder applyTo(VcrTowerBuilder tower) {
    return tower.provider(provider()).threads(threads());
  }

  /**
   * Applies the options to a detector for a number of pictures, as {@link
   * #applyTo(VisualBertBuilder, Path, int)} does. Vector kernels are rehearsed, since the first
   * picture follows.
   *
   * @param folder the folder of the detector
   */
  public RegionDetectorBuilder applyTo(RegionDetectorBuilder detector, Path folder, int pictures) {
    if (KernelSelection.resolve(provider).equals(KernelSelection.AUTO)
        && ColdStart.prefersScalar(folder, ColdStart.PLACES_OF_PICTURE * pictures, threads())) {
      return detector.provider(KernelSelection.SCALAR).threads(threads());
    }
    return applyTo(detector).rehearsal();
  }

  /** Returns the checked number of threads. */
  public int threads() {
    if (threads.counts().size() > 1) {
      throw new ParameterException(
          command.commandLine(), "--threads is " + threads + ", expected one number here");
    }
    return threadCounts().getFirst();
  }

  /** Returns the checked numbers of threads, of which a benchmark may have several. */
  public List<Integer> threadCounts() {
    if (threads.counts().stream().anyMatch(count -> count < 1)) {
      throw new ParameterException(
          command.commandLine(), "--threads is " + threads + ", expected at least 1");
    }
    return threads.counts();
  }

  /** Returns the same options with one number of threads. */
  public ComputeOptions with(int count) {
    ComputeOptions one = new ComputeOptions();
    one.command = command;
    one.provider = provider;
    one.threads = ThreadCounts.of(count);
    return one;
  }

  /** Returns the checked name of the provider, after loading the Vector API if it may need it. */
  public String provider() {
    String provider = KernelSelection.resolve(this.provider);
    if (provider.equals(KernelSelection.SCALAR)) {
      return provider;
    }
    if (!provider.equals(KernelSelection.AUTO) && !provider.equals(KernelSelection.SIMD)) {
      throw new ParameterException(
          command.commandLine(), "--provider is '" + provider + "', expected auto, simd or scalar");
    }
    VectorModule.load();
    if (provider.equals(KernelSelection.SIMD)) {
      try {
        KernelSelection.select(provider);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(command.commandLine(), "--provider: " + e.getMessage(), e);
      }
    }
    return provider;
  }
}
