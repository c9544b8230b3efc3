import org.apache.spark.launcher.JavaModuleOptions;

/** Prints the flags that Spark gives its JVMs, one a line. */
final class Flags {
  public static void main(String[] arguments) {
    for (String flag : JavaModuleOptions.defaultModuleOptionArray()) {
      System.out.println(flag);
    }
  }
}
