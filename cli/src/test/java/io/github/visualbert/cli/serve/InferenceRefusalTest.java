package io.github.visualbert.cli.serve;

import static io.github.visualbert.cli.serve.InferenceClient.HEADER;
import static io.github.visualbert.cli.serve.InferenceClient.IMAGE;
import static io.github.visualbert.cli.serve.InferenceClient.INFER;
import static io.github.visualbert.cli.serve.InferenceClient.PICTURE;
import static io.github.visualbert.cli.serve.InferenceClient.block;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.internal.json.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Open Inference Protocol says of requests that are wrong. */
class InferenceRefusalTest {
  private static ServiceFixture service;
  private static InferenceClient client;

  @BeforeAll
  static void start() {
    service = ServiceFixture.start("vqa-regions"); // which sees through the detector
    client = new InferenceClient(service);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                                                        | json
          {'inputs':[%],'inputs':[%]}                                              | json
          {}                                                                       | inputs
          {'inputs':7}                                                             | an array
          {'inputs':[]}                                                            | image
          {'inputs':[7]}                                                           | a tensor
          {'inputs':[{'name':'picture','shape':[1],'datatype':'BYTES','data':['@']}]} | picture
          {'inputs':[%,%]}                                                         | one input
          {'inputs':[{'name':'image','shape':[1],'datatype':'FP32','data':['@']}]} | BYTES
          {'inputs':[{'name':'image','shape':[2],'datatype':'BYTES','data':['@']}]} | shape
          {'inputs':[{'name':'image','datatype':'BYTES','data':['@']}]}            | shape
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES'}]}             | data
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':[]}]}   | data
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':[7]}]}  | data
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['!']}]} | base64
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['bm8=']}]} | PNG or JPEG
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['http://a/b.png']}]} | base64
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','parameters':{'shared_memory_region':'r'}}]} | memory is not shared
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['@'],'parameters':{'typo':1}}]} | typo
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['@'],'parameters':7}]} | an object
          {'inputs':[%],'outputs':[{'name':'scores'}]}                             | scores
          {'inputs':[%],'outputs':[{'name':'conf'}]}                               | conf
          {'inputs':[%],'outputs':[{}]}                                            | without a name
          {'inputs':[%],'outputs':[{'name':'boxes'},{'name':'boxes'}]}             | twice
          {'inputs':[%],'outputs':[{'name':'boxes','parameters':{'classification':3}}]} | classification
          {'inputs':[%],'outputs':[{'name':'boxes','parameters':{'shared_memory_region':'r'}}]} | memory is not shared
          {'inputs':[%],'outputs':[{'name':'boxes','parameters':{'binary_data':1}}]} | true or false
          {'inputs':[%],'parameters':{'binary_data_output':1}}                     | true or false
          {'inputs':[#]}                                                           | Inference-Header-Content-Length
          """)
  void refusesWhatItDoesNotUnderstand(String form, String says) {
    checkError(client.post(form), 400, says);
  }

  private static void checkError(HttpResponse<byte[]> reply, int status, String says) {
    String text = new String(reply.body(), StandardCharsets.UTF_8);
    assertThat(reply.statusCode()).as(text).isEqualTo(status);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(Json.parseObject(reply.body()).keys()).containsExactly("error");
    assertThat(Json.parseObject(reply.body()).getString("error")).containsIgnoringCase(says);
  }

  @Test
  void refusesSizesThatDoNotAddUp() {
    String one = "{'inputs':[#]}";
    checkError(client.sendBinary(one, "right"), 400, "binary_data_size");
    checkError(client.sendBinary(one, "right", block(), new byte[1]), 400, "1 bytes are left");
    checkError(
        client.sendBinary(one, "right", block(PICTURE.length + 1, PICTURE)), 400, "an element of");
    checkError(
        client.sendBinary(one, "right", block(PICTURE.length - 1, PICTURE)), 400, "an element of");
    checkError(client.sendBinary(one, "right", block(-1, PICTURE)), 400, "4294967295");
    String size = "{'inputs':[{" + IMAGE + ",'parameters':{'binary_data_size':SIZE}}]}";
    for (String wrong : List.of("3", "-4", "9223372036854775807", "2147483651")) {
      checkError(
          client.sendBinary(size.replace("SIZE", wrong), "right", block()),
          400,
          "binary_data_size");
    }
    checkError(client.sendBinary(size.replace("SIZE", "'8'"), "right", block()), 400, "an integer");
    checkError(
        client.sendBinary(
            "{'inputs':[{" + IMAGE + ",'data':['@'],'parameters':{'binary_data_size':5}}]}",
            "right",
            new byte[5]),
        400,
        "found both");
    checkError(client.sendBinary("{'inputs':[%]}", "right", new byte[3]), 400, "3 bytes are left");
    for (String wrong : List.of("-1", "1.5", "x", "2147483647", "9999999999")) {
      checkError(client.sendBinary(one, wrong, block()), 400, HEADER);
    }
    checkError(client.sendBinary(one, "5", block()), 400, "the body");
    checkError(client.sendBinary(one, null, block()), 400, HEADER); // the question most asked
    HttpResponse<byte[]> nothing =
        service.sendForBytes(
            service.request(INFER, HEADER, "0").POST(BodyPublishers.noBody()).build());
    checkError(nothing, 400, "image");
  }

  @Test
  void everyErrorIsAMessage() {
    checkError(service.sendForBytes(service.request("/v2/no").build()), 404, "/v2/no");
    checkError(service.sendForBytes(service.request(INFER).build()), 405, "POST");
    HttpResponse<byte[]> form =
        service.sendForBytes(
            service
                .request(INFER, "Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("{}"))
                .build());
    checkError(form, Code.TYPE_WRONG.status(), "--json");
    for (String path :
        List.of("/v2/models/no", "/v2/models/no/ready", "/v2/models/vqa-regions/versions/1")) {
      checkError(service.sendForBytes(service.request(path).build()), 404, "there are: detector");
    }
    checkError(
        service.sendForBytes(service.request("/v2/models/detector/versions/2").build()),
        404,
        "nothing at");
    checkError(
        service.sendForBytes(
            service.request("/v2/models/no/infer").POST(BodyPublishers.ofString("{}")).build()),
        404,
        "there are: detector");
  }
}
