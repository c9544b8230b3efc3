package io.github.visualbert.kernel;

import io.github.visualbert.kernel.KernelProvider.UnavailableException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The kernels chosen for this JVM, and why others were refused.
 *
 * <p>Providers are found by {@link ServiceLoader}; one that cannot run on this JVM is skipped and
 * its reason kept. So {@code auto} always finds kernels, at worst the scalar ones, and logs once
 * what would be faster.
 *
 * @param kernels the kernels that were chosen
 * @param refusals why other providers were not chosen, one line each
 */
public record KernelSelection(Kernels kernels, List<String> refusals) {
  /** The fastest provider that runs here. */
  public static final String AUTO = "auto";

  /** The provider of the module {@code io.github.visualbert.simd}. */
  public static final String SIMD = "simd";

  /** Plain Java, on every JVM. */
  public static final String SCALAR = ScalarKernels.PROVIDER;

  /** The system property that names the provider where the program does not, or says auto. */
  public static final String PROPERTY = "visualbert.provider";

  private static final int MAX_FAILURES = 8;

  private static final System.Logger LOGGER = System.getLogger(KernelSelection.class.getName());

  /** Set once the advice has been logged; it is logged once per process. */
  private static final AtomicBoolean ADVISED = new AtomicBoolean();

  public KernelSelection {
    refusals = List.copyOf(refusals);
  }

  /** Returns what the system property {@link #PROPERTY} names, or {@link #AUTO}. */
  public static String configured() {
    return System.getProperty(PROPERTY, AUTO);
  }

  /**
   * Resolves a provider name: {@link #AUTO} defers to the system property {@link #PROPERTY}; any
   * other name wins over it.
   */
  public static String resolve(String provider) {
    return provider.equals(AUTO) ? configured() : provider;
  }

  /**
   * Chooses kernels.
   *
   * @param provider {@link #AUTO}, or the name of the only provider that will do
   * @throws IllegalArgumentException when the named provider does not exist or does not run here,
   *     with the reason
   */
  public static KernelSelection select(String provider) {
    return choose(
        provider,
        ServiceLoader.load(KernelProvider.class, KernelProvider.class.getClassLoader()).iterator());
  }

  static KernelSelection choose(String provider, Iterator<KernelProvider> found) {
    List<String> refusals = new ArrayList<>();
    Kernels kernels = provider.equals(SCALAR) ? null : load(provider, found, refusals);
    if (kernels == null) {
      if (!provider.equals(AUTO) && !provider.equals(SCALAR)) {
        throw new IllegalArgumentException(
            "provider %s cannot compute here: %s"
                .formatted(
                    provider, refusals.isEmpty() ? "there is none" : String.join("; ", refusals)));
      }
      kernels = new ScalarKernels();
    }
    if (provider.equals(AUTO) && !refusals.isEmpty() && ADVISED.compareAndSet(false, true)) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          () -> "computing many times slower than possible: " + String.join("; ", refusals));
    }
    Kernels chosen = kernels;
    LOGGER.log(
        System.Logger.Level.DEBUG,
        () -> "kernels: %s, %s".formatted(chosen.provider(), chosen.description()));
    return new KernelSelection(kernels, refusals);
  }

  /** Returns the first provider that is wanted and runs, or null. */
  private static Kernels load(
      String wanted, Iterator<KernelProvider> found, List<String> refusals) {
    // A provider whose module is missing may fail to load or to link; it is skipped. The bound
    // ends the loop when the iterator never gets past a failure.
    for (int failures = 0; failures < MAX_FAILURES; failures++) {
      try {
        while (found.hasNext()) {
          KernelProvider provider = found.next();
          if (wanted.equals(AUTO) || wanted.equals(provider.name())) {
            try {
              return provider.create();
            } catch (UnavailableException e) {
              refusals.add(e.getMessage());
            } catch (RuntimeException | LinkageError e) {
              refusals.add("%s failed: %s".formatted(provider.name(), e));
            }
          }
        }
        return null;
      } catch (ServiceConfigurationError | LinkageError e) {
        refusals.add(e.toString());
      }
    }
    return null;
  }
}
