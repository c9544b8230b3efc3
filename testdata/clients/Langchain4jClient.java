// Asks a picture through LangChain4j's OpenAI client.
//
// dev.langchain4j:langchain4j-open-ai:1.19.0 (brings langchain4j-core, langchain4j-http-client-jdk,
// Jackson); Java 17 or newer
// java -cp 'lib/*' Langchain4jClient.java BASE_URL PICTURE QUESTION [--model NAME] [--stream]
// [--models]
// Prints the answer, then "FINISH_REASON PROMPT COMPLETION TOTAL" (tokens). --models prints the
// models' names before it. An API error is printed as
// "EXCEPTION BODY" and ends the program with 1. The token is read from VISUALBERT_TOKEN.
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.TokenUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

public class Langchain4jClient {
  public static void main(String[] args) throws Exception {
    String url = args[0].replaceAll("/+$", "") + "/v1";
    List<String> options = List.of(args).subList(3, args.length);
    String model =
        options.contains("--model") ? options.get(options.indexOf("--model") + 1) : "default";
    String token = System.getenv().getOrDefault("VISUALBERT_TOKEN", "none");
    String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(args[1])));
    String type = args[1].toLowerCase().matches(".*\\.jpe?g") ? "image/jpeg" : "image/png";
    ChatRequest request =
        ChatRequest.builder()
            .messages(UserMessage.from(TextContent.from(args[2]), ImageContent.from(picture, type)))
            .build();
    try {
      if (options.contains("--models")) {
        OpenAiModelCatalog.builder()
            .baseUrl(url)
            .apiKey(token)
            .build()
            .listModels()
            .forEach(m -> System.out.println(m.name()));
      }
      ChatResponse reply =
          options.contains("--stream")
              ? stream(url, token, model, request)
              : ask(url, token, model, request);
      System.out.println(reply.aiMessage().text());
      TokenUsage usage = reply.tokenUsage();
      System.out.printf(
          "%s %d %d %d%n",
          reply.finishReason(),
          usage.inputTokenCount(),
          usage.outputTokenCount(),
          usage.totalTokenCount());
    } catch (RuntimeException e) {
      Throwable cause = e instanceof CompletionException ? e.getCause() : e;
      System.out.println(cause.getClass().getSimpleName() + " " + cause.getMessage());
      System.exit(1);
    }
  }

  private static ChatResponse ask(String url, String token, String model, ChatRequest request) {
    return OpenAiChatModel.builder()
        .baseUrl(url)
        .apiKey(token)
        .modelName(model)
        .maxRetries(0)
        .timeout(Duration.ofSeconds(30))
        .build()
        .chat(request);
  }

  private static ChatResponse stream(String url, String token, String model, ChatRequest request) {
    CompletableFuture<ChatResponse> done = new CompletableFuture<>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(url)
        .apiKey(token)
        .modelName(model)
        .timeout(Duration.ofSeconds(30))
        .build()
        .chat(
            request,
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String text) {}

              @Override
              public void onCompleteResponse(ChatResponse response) {
                done.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                done.completeExceptionally(error);
              }
            });
    return done.join();
  }
}
