package io.github.visualbert.kernel;

import io.github.visualbert.kernel.KernelProvider.UnavailableException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which kernels compute here, and why not others.
 *
 * <p>Providers are found by {@link ServiceLoader}; one that cannot run on this JVM is passed over
 * and its reason kept, so that {@code auto} always ends with kernels, at worst the scalar ones; the
 * log then says once what would be faster.
 *
 * @param kernels the kernels that were chosen
 * @param refusals why other providers were not, one line each
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

  private static final int MOST_FAILURES = 8;

  private static final System.Logger LOGGER = System.getLogger(KernelSelection.class.getName());

  /**
   * Whether the log says already what would be faster: once is enough, whoever opens how many
   * models.
   */
  private static final AtomicBoolean ADVISED = new AtomicBoolean();

  public KernelSelection {
    refusals = List.copyOf(refusals);
  }

  /** Returns what the system property {@link #PROPERTY} names, or {@link #AUTO}. */
  public static String configured() {
    return System.getProperty(PROPERTY, AUTO);
  }

  /**
   * Returns whom a program means by the name of a provider: {@link #AUTO} leaves the choice to
   * whoever runs the program, and so to the property; any other name is the last word.
   */
  public static String resolve(String provider) {
    return provider.equals(AUTO) ? configured() : provider;
  }

  /**
   * Chooses kernels.
   *
   * @param provider {@link #AUTO}, or the name of a provider that must be the one
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
    // A provider may fail to load or to link where its module is missing: then there is one less.
    // The bound is for an iterator that does not get past the failure.
    for (int failures = 0; failures < MOST_FAILURES; failures++) {
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
