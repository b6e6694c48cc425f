package dev.sphere.scale;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.cluster.KubernetesConnection;
import dev.sphere.recommend.Decision;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesScalerTest {
    private static final String PATH =
            "/apis/apps/v1/namespaces/sock-shop/deployments/front-end/scale";
    private static final long MAX_AGE = 30_000;

    private final Clock clock =
            Clock.fixed(Instant.ofEpochMilli(Decisions.AT + 100), ZoneOffset.UTC);
    private final KubernetesMockServer server = new KubernetesMockServer(false);
    private KubernetesScaler scaler;

    @BeforeEach
    void start() {
        server.init(InetAddress.getLoopbackAddress(), 0);
        scaler = connect(server.url("/"), clock);
    }

    @AfterEach
    void stop() {
        scaler.close();
        server.destroy();
    }

    @Test
    void putsTheDesiredReplicasWithTheResourceVersionThatItRead() throws Exception {
        answerGet(200, scale(4, "4711"));
        answerPut(200, scale(7, "4712"));

        ScaleResult result = scaler.scale(Decisions.of(4, 7));

        assertThat(result)
                .isEqualTo(
                        new ScaleResult(
                                Decisions.of(4, 7).id(),
                                "sock-shop/front-end",
                                clock.millis(),
                                ScaleOutcome.APPLIED,
                                7,
                                ""));
        RecordedRequest get = request();
        RecordedRequest put = request();
        assertThat(get.getMethod() + " " + get.getPath()).isEqualTo("GET " + PATH);
        assertThat(put.getMethod() + " " + put.getPath()).isEqualTo("PUT " + PATH);
        Scale body = new ObjectMapper().readValue(put.getUtf8Body(), Scale.class);
        assertThat(body.getSpec().getReplicas()).isEqualTo(7);
        assertThat(body.getMetadata().getResourceVersion()).isEqualTo("4711");
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void leavesATargetThatHasTheReplicasAlready() {
        answerGet(200, scale(7, "4711"));

        assertThat(scaler.scale(Decisions.of(4, 7)).outcome()).isEqualTo(ScaleOutcome.UNCHANGED);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void postponesIfTheTargetIsNotWhatTheDecisionSaw() {
        answerGet(200, scale(5, "4711"));

        ScaleResult result = scaler.scale(Decisions.of(4, 7));

        assertThat(result.outcome()).isEqualTo(ScaleOutcome.POSTPONED);
        assertThat(result.detail()).isEqualTo("now 5, decision saw 4");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void leavesATargetThatWasScaledToZeroAlone() {
        answerGet(200, new ScaleBuilder(scale(0, "4711")).withNewSpec().endSpec().build());

        assertThat(scaler.scale(Decisions.of(4, 7)).detail()).isEqualTo("now 0, decision saw 4");
    }

    @ParameterizedTest(name = "GET answers {0} -> {1}")
    @CsvSource({
        "401, FORBIDDEN",
        "403, FORBIDDEN",
        "404, NO_SUCH_TARGET",
        "429, POSTPONED",
        "500, POSTPONED",
        "503, POSTPONED",
        "400, REJECTED"
    })
    void classifiesWhatReadingIsAnsweredWithAndAsksOnce(int status, ScaleOutcome outcome) {
        answerGet(status, status(status, "because"));

        assertThat(scaler.scale(Decisions.of(4, 7)).outcome()).isEqualTo(outcome);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest(name = "PUT answers {0} -> {1}")
    @CsvSource({
        "403, FORBIDDEN",
        "404, NO_SUCH_TARGET",
        "409, POSTPONED",
        "422, REJECTED",
        "429, POSTPONED",
        "500, POSTPONED",
        "504, POSTPONED"
    })
    void classifiesWhatWritingIsAnsweredWithAndAsksOnce(int status, ScaleOutcome outcome) {
        answerGet(200, scale(4, "4711"));
        answerPut(status, status(status, "the object has been modified"));

        ScaleResult result = scaler.scale(Decisions.of(4, 7));

        assertThat(result.outcome()).isEqualTo(outcome);
        assertThat(result.detail()).isEqualTo(status + " the object has been modified");
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void postponesIfNobodyAnswers() throws IOException {
        // bound, but nobody listens
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String nobody = "http://127.0.0.1:" + held.getLocalPort();
            try (KubernetesScaler alone = connect(nobody, clock)) {
                ScaleResult result = alone.scale(Decisions.of(4, 7));

                assertThat(result.outcome()).isEqualTo(ScaleOutcome.POSTPONED);
                assertThat(result.detail()).isNotEmpty();
            }
        }
    }

    @Test
    void postponesIfTheAnswerTakesTooLong() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                KubernetesScaler alone =
                        connect("http://127.0.0.1:" + silent.getLocalPort(), clock, 500)) {
            assertThat(alone.scale(Decisions.of(4, 7)).outcome()).isEqualTo(ScaleOutcome.POSTPONED);
        }
    }

    @Test
    void postponesIfTheAnswerMakesNoSense() {
        server.expect().get().withPath(PATH).andReturn(200, "<html>").once();

        assertThat(scaler.scale(Decisions.of(4, 7)).outcome()).isEqualTo(ScaleOutcome.POSTPONED);
    }

    @Test
    void doesNotAskWhenTheDataHaveBecomeTooOld() {
        Clock late = Clock.fixed(Instant.ofEpochMilli(Decisions.AT + MAX_AGE + 1), ZoneOffset.UTC);

        try (KubernetesScaler behind = connect(server.url("/"), late)) {
            assertThat(behind.scale(Decisions.of(4, 7)).outcome()).isEqualTo(ScaleOutcome.STALE);
            assertThat(server.getRequestCount()).isZero();
        }
    }

    @Test
    void doesNotAskForWhatIsNotToBeCarriedOut() {
        Decision onPaper = Decisions.of(4, 7, false, Decisions.AT);

        assertThat(scaler.scale(onPaper).outcome()).isEqualTo(ScaleOutcome.UNCHANGED);
        assertThat(scaler.scale(Decisions.of(4, 4)).outcome()).isEqualTo(ScaleOutcome.UNCHANGED);
        assertThat(server.getRequestCount()).isZero();
    }

    private static KubernetesScaler connect(String url, Clock clock) {
        // as long as a slow machine may take to answer
        return connect(url, clock, 60_000);
    }

    private static KubernetesScaler connect(String url, Clock clock, int timeoutMillis) {
        return KubernetesScaler.connect(
                KubernetesConnection.ofMaster(url).withRequestTimeout(timeoutMillis),
                clock,
                MAX_AGE);
    }

    private void answerGet(int status, Object body) {
        server.expect().get().withPath(PATH).andReturn(status, body).always();
    }

    private void answerPut(int status, Object body) {
        server.expect().put().withPath(PATH).andReturn(status, body).always();
    }

    private RecordedRequest request() throws InterruptedException {
        return server.takeRequest(60, TimeUnit.SECONDS);
    }

    private static Object status(int code, String message) {
        return new StatusBuilder().withCode(code).withMessage(message).build();
    }

    private static Scale scale(int replicas, String resourceVersion) {
        return new ScaleBuilder()
                .withNewMetadata()
                .withName("front-end")
                .withNamespace("sock-shop")
                .withResourceVersion(resourceVersion)
                .endMetadata()
                .withNewSpec(replicas)
                .build();
    }
}
