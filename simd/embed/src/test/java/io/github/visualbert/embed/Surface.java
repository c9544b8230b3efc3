package io.github.visualbert.embed;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a module promises to programs that embed it, one line for each type and member: the public
 * types of the packages that it exports to all, and their public and protected members.
 *
 * <p>A member whose signature names a type of another package of this project is left out: nobody
 * outside can name that type, so nobody outside can rely on the member.
 */
final class Surface {
  private final Set<String> exported = new TreeSet<>();
  private final List<String> lines = new ArrayList<>();

  private Surface() {}

  /** Returns the lines of the module in a jar or folder, types in the order of their names. */
  static List<String> of(Path jarOrFolder) throws IOException, ClassNotFoundException {
    Surface surface = new Surface();
    ModuleReference module = ModuleFinder.of(jarOrFolder).findAll().iterator().next();
    module.descriptor().exports().stream()
        .filter(exports -> !exports.isQualified())
        .map(Exports::source)
        .forEach(surface.exported::add);
    URL[] path = {jarOrFolder.toUri().toURL()};
    try (ModuleReader reader = module.open();
        Stream<String> files = reader.list();
        URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      List<String> names =
          files
              .filter(file -> file.endsWith(".class") && file.contains("/"))
              .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
              .filter(name -> surface.exported.contains(name.substring(0, name.lastIndexOf('.'))))
              .sorted()
              .toList();
      for (String name : names) {
        Class<?> type = loader.loadClass(name);
        if (isVisible(type)) {
          surface.add(type);
        }
      }
    }
    return surface.lines;
  }

  private static boolean isVisible(Class<?> type) {
    boolean open = type.isMemberClass() ? isVisible(type.getDeclaringClass()) : !type.isSynthetic();
    return open && !type.isAnonymousClass() && isOpen(type.getModifiers());
  }

  private static boolean isOpen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private void add(Class<?> type) {
    lines.add(type.getCanonicalName() + ": " + kind(type) + supertypes(type));
    Set<String> members = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (isOpen(field.getModifiers()) && isPromised(field.getGenericType())) {
        members.add(
            field.isEnumConstant()
                ? field.getName()
                : modifiers(field.getModifiers())
                    + field.getName()
                    + ": "
                    + name(field.getGenericType()));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isOpen(constructor.getModifiers())
          && Stream.of(constructor.getGenericParameterTypes()).allMatch(this::isPromised)) {
        members.add(
            modifiers(constructor.getModifiers())
                + "new"
                + names(constructor.getGenericParameterTypes()));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isOpen(method.getModifiers()) && !method.isSynthetic() && !isOfEveryType(method)) {
        addMethod(method, members);
      }
    }
    members.forEach(member -> lines.add("  " + member));
  }

  private void addMethod(Method method, Set<String> members) {
    Type[] parameters = method.getGenericParameterTypes();
    if (isPromised(method.getGenericReturnType())
        && Stream.of(parameters).allMatch(this::isPromised)) {
      members.add(
          modifiers(method.getModifiers())
              + method.getName()
              + names(parameters)
              + ": "
              + name(method.getGenericReturnType()));
    }
  }

  /** Whether a method is one of Object's, or one that every enum has. */
  private static boolean isOfEveryType(Method method) {
    boolean ofObject =
        Stream.of(Object.class.getMethods())
            .anyMatch(
                other ->
                    other.getName().equals(method.getName())
                        && Arrays.equals(other.getParameterTypes(), method.getParameterTypes()));
    boolean ofEnum =
        method.getDeclaringClass().isEnum()
            && Modifier.isStatic(method.getModifiers())
            && (method.getName().equals("values") || method.getName().equals("valueOf"));
    return ofObject || ofEnum;
  }

  /** Whether a program outside can name a type: it is the JDK's, or of an exported package. */
  private boolean isPromised(Type type) {
    return switch (type) {
      case Class<?> plain when plain.isArray() -> isPromised(plain.getComponentType());
      case Class<?> plain ->
          plain.isPrimitive()
              || plain.getPackageName().startsWith("java.")
              || (exported.contains(plain.getPackageName()) && isVisible(plain));
      case ParameterizedType generic ->
          isPromised(generic.getRawType())
              && Stream.of(generic.getActualTypeArguments()).allMatch(this::isPromised);
      case GenericArrayType array -> isPromised(array.getGenericComponentType());
      case WildcardType wildcard ->
          Stream.of(wildcard.getUpperBounds()).allMatch(this::isPromised)
              && Stream.of(wildcard.getLowerBounds()).allMatch(this::isPromised);
      case TypeVariable<?> variable -> Stream.of(variable.getBounds()).allMatch(this::isPromised);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  private static String kind(Class<?> type) {
    String kind =
        type.isRecord()
            ? "record"
            : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
    boolean closed = Modifier.isFinal(type.getModifiers()) || type.isSealed();
    return closed || type.isEnum() ? kind : "open " + kind;
  }

  private static String supertypes(Class<?> type) {
    List<String> names = new ArrayList<>();
    Class<?> superclass = type.getSuperclass();
    if (superclass != null
        && !List.of(Object.class, Record.class, Enum.class).contains(superclass)) {
      names.add(name(superclass));
    }
    for (Type implemented : type.getGenericInterfaces()) {
      names.add(name(implemented));
    }
    return names.isEmpty() ? "" : ", " + String.join(", ", names);
  }

  private static String modifiers(int modifiers) {
    return (Modifier.isProtected(modifiers) ? "protected " : "")
        + (Modifier.isStatic(modifiers) ? "static " : "")
        + (Modifier.isAbstract(modifiers) ? "abstract " : "");
  }

  private static String names(Type[] types) {
    return Stream.of(types).map(Surface::name).collect(Collectors.joining(", ", "(", ")"));
  }

  /** Returns a type as a program writes it, without packages. */
  private static String name(Type type) {
    return type.getTypeName().replaceAll("\\b[a-z][a-z0-9]*\\.", "").replace('$', '.');
  }
}
