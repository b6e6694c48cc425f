package dev.sphere.local.kubernetes;

import dev.sphere.local.kafka.LoopbackPort;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kubernetes API on 127.0.0.1: kube-apiserver with an etcd of its own, as child processes.
 *
 * <p>It authorizes by RBAC and admits as a cluster does, policies included, and enforces owner
 * references besides, as some clusters do. Nothing makes pods of deployments before a {@link
 * ControllerManager} is started; nothing runs pods at all.
 *
 * <p>Its port stays ours while it is stopped, and etcd needs none, so that nobody can take one.
 */
public final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final Duration STARTING = Duration.ofSeconds(180);
    private static final long TOKEN_SECONDS = Duration.ofHours(24).toSeconds();
    // Names in the folder that the programs run in: a path to a socket must not be long.
    private static final String ETCD = "unix://etcd:1";
    private static final String ETCD_PEERS = "unix://etcd-peers:1";

    private final Path binaries;
    private final Path folder;
    private final Socket port;
    private final String token;
    private KubernetesClient client;
    private ServerProcess etcd;
    private ServerProcess server;
    private boolean closed;

    private ApiServer(Path binaries, Path folder) throws IOException {
        this.binaries = binaries.toAbsolutePath();
        this.folder = folder.toAbsolutePath();
        this.port = hold();
        this.token = HexFormat.of().formatHex(randomBytes());
    }

    /**
     * Starts an API, with the data that an earlier one left in the folder.
     *
     * @param tool what {@code local/tools/kubernetes} prints
     * @param folder its data, certificates and logs, made if needed
     */
    public static ApiServer start(Path tool, Path folder) {
        try {
            Files.createDirectories(folder);
            var server = new ApiServer(tool.resolve("bin"), folder);
            try {
                server.writeCredentials();
                server.start();
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a Kubernetes API in " + folder, e);
        }
    }

    public String url() {
        return "https://127.0.0.1:" + port.getLocalPort();
    }

    /** A client that may do anything; it is closed with this. */
    public synchronized KubernetesClient client() {
        return client;
    }

    /**
     * A client of one's own with the rights that RBAC gives to the account, by a token of its own.
     * The account must be there.
     */
    public KubernetesClient clientOf(String namespace, String serviceAccount) {
        var request =
                new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(TOKEN_SECONDS)
                        .endSpec()
                        .build();
        var answer =
                client().serviceAccounts()
                        .inNamespace(namespace)
                        .withName(serviceAccount)
                        .tokenRequest(request);
        return client(config(answer.getStatus().getToken()));
    }

    /** A client of one's own with the rights that RBAC gives to the user and the groups. */
    public KubernetesClient clientAs(String user, String... groups) {
        return client(
                new ConfigBuilder(config())
                        .withImpersonateUsername(user)
                        .withImpersonateGroups(groups)
                        .build());
    }

    /** What a client of one's own that may do anything is built with. */
    public Config config() {
        return config(token);
    }

    /** Writes a file for {@code kubectl --kubeconfig} and other processes; it may do anything. */
    public void writeKubeconfig(Path file, String namespace) {
        var text =
                """
                apiVersion: v1
                kind: Config
                clusters:
                - name: sphere-test
                  cluster: {server: "%s", certificate-authority: "%s"}
                contexts:
                - name: sphere-test
                  context: {cluster: sphere-test, namespace: "%s", user: admin}
                current-context: sphere-test
                users:
                - name: admin
                  user: {token: "%s"}
                """
                        .formatted(url(), certificate(), namespace, token);
        try {
            writeSecret(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the kubeconfig " + file, e);
        }
    }

    /** Starts a stopped API on the same port and the same data. */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("this Kubernetes API is closed");
        }
        if (server != null) {
            return;
        }
        try {
            if (etcd == null) {
                etcd = ServerProcess.start(program("etcd"), etcdOptions(), folder);
            }
            server = ServerProcess.start(program("kube-apiserver"), serverOptions(), folder);
            // It writes its certificate before it listens, and clients read it when they are made.
            server.await(() -> Files.exists(certificate()), STARTING);
            if (client == null) {
                client = client(config());
            }
            server.await(this::isReady, STARTING);
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
        LOG.info("Kubernetes API on {}", url());
    }

    /** Stops the API in order: watches end, connections are refused; its data stay. */
    public synchronized void stop() {
        if (server != null) {
            server.terminate();
            server = null;
        }
        stopEtcd();
    }

    /** Ends the API as a crash does; its data stay. */
    public synchronized void kill() {
        if (server != null) {
            server.kill();
            server = null;
        }
        stopEtcd();
    }

    /** Stops the API; the folder stays. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (client != null) {
            client.close();
        }
        stop();
        try {
            port.close();
        } catch (IOException e) {
            // A bound socket without a connection has nothing to flush, so nothing is lost.
            throw new UncheckedIOException("cannot let go of a port", e);
        }
    }

    Path folder() {
        return folder;
    }

    Path program(String name) {
        var program = binaries.resolve(name);
        if (!Files.isExecutable(program)) {
            throw new IllegalArgumentException(
                    program
                            + " is not there, or cannot be executed; expected in the folder that"
                            + " local/tools/kubernetes prints");
        }
        return program;
    }

    /** The key by which service accounts' tokens are signed. */
    Path serviceAccountKey() {
        return folder.resolve("service-accounts.key");
    }

    /** What clients trust. */
    Path certificate() {
        return folder.resolve("apiserver.crt");
    }

    private void stopEtcd() {
        if (etcd != null) {
            etcd.terminate();
            etcd = null;
        }
    }

    private boolean isReady() {
        try {
            return "ok".equals(client.raw("/readyz"));
        } catch (KubernetesClientException e) {
            LOG.trace("The Kubernetes API is not ready yet", e);
            return false;
        }
    }

    private static List<String> etcdOptions() {
        return List.of(
                "--name=sphere-test",
                "--data-dir=etcd",
                "--listen-client-urls=" + ETCD,
                "--advertise-client-urls=" + ETCD,
                "--listen-peer-urls=" + ETCD_PEERS,
                "--initial-advertise-peer-urls=" + ETCD_PEERS,
                "--initial-cluster=sphere-test=" + ETCD_PEERS,
                // Only a crash of the machine could lose data.
                "--unsafe-no-fsync",
                "--log-level=warn");
    }

    private List<String> serverOptions() {
        return List.of(
                "--etcd-servers=" + ETCD,
                "--bind-address=127.0.0.1",
                "--secure-port=" + port.getLocalPort(),
                // Beside our own socket, which holds the port.
                "--permit-port-sharing=true",
                "--cert-dir=" + folder,
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + serviceAccountKey(),
                "--service-account-signing-key-file=" + serviceAccountKey(),
                "--authorization-mode=RBAC",
                "--enable-admission-plugins=OwnerReferencesPermissionEnforcement",
                "--service-cluster-ip-range=10.0.0.0/24",
                // Kubernetes refuses a loopback address as that of its own service.
                "--endpoint-reconciler-type=none",
                // Else watches would keep it from ending for a minute.
                "--shutdown-watch-termination-grace-period=1s");
    }

    private void writeCredentials() throws IOException {
        writeSecret(folder.resolve("tokens.csv"), token + ",admin,admin,system:masters\n");
        if (Files.exists(serviceAccountKey())) {
            return;
        }
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            var key = generator.generateKeyPair().getPrivate();
            var encoded =
                    Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
            writeSecret(
                    serviceAccountKey(),
                    "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has RSA", e);
        }
    }

    private static void writeSecret(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private Config config(String bearer) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withCaCertFile(certificate().toString())
                .withOauthToken(bearer)
                .withNamespace("default")
                .build();
    }

    private static KubernetesClient client(Config config) {
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static byte[] randomBytes() {
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    // Bound but not listening: the kernel gives the port to nobody but those of this user who
    // share it on purpose, and connections go to those who listen.
    private static Socket hold() throws IOException {
        var socket = new Socket();
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            socket.bind(new InetSocketAddress(LoopbackPort.loopback(), 0));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
