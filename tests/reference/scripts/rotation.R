# Rotations and maximum likelihood run to the end, where efa.R keeps the default tolerances of R's functions: from a folder that holds expected/,
# Rscript rotation.R, which reads expected/*__efa_pearson_pairwise.json.
suppressPackageStartupMessages({library(jsonlite); library(GPArotation)})
mat <- function(m) { m <- unclass(as.matrix(m)); list(rows=rownames(m), values=unname(signif(m, 10))) }
oblique <- function(o) list(L=mat(o$loadings), Phi=unname(signif(o$Phi, 10)), converged=o$convergence)
for (name in c("bfi", "nets_complete", "lq2002", "hs1939")) {
  figures <- fromJSON(file.path("expected", paste0(name, "__efa_pearson_pairwise.json")))$result
  R <- figures$R$values; dimnames(R) <- list(figures$R$rows, figures$R$rows)
  A <- figures$minres_none$loadings$values; rownames(A) <- figures$R$rows; m <- ncol(A); h <- sqrt(rowSums(A^2))
  run <- function(f, ...) suppressWarnings(f(A, eps=1e-7, maxit=10000, ...))
  kaiser <- varimax(A, eps=1e-15); scaled <- varimax(A / h, normalize=FALSE, eps=1e-15)
  f <- factanal(covmat=R, factors=m, n.obs=figures$n.obs, rotation="none", control=list(nstart=1, opt=list(factr=1, maxit=1000)))
  geomin <- run(geominT); if (name == "nets_complete") { set.seed(1)
    for (start in 1:20) { other <- run(geominT, Tmat=Random.Start(m)); if (min(other$Table[, 2]) < min(geomin$Table[, 2])) geomin <- other } }
  result <- list(
    oblimin=oblique(run(oblimin)), oblimin_kaiser=oblique(run(oblimin, normalize=TRUE)), oblimin_gamma_minus1=oblique(run(oblimin, gam=-1)),
    geomin=oblique(run(geominQ)), geomin_0001=oblique(run(geominQ, delta=0.001)), geomin_orthogonal=list(L=mat(geomin$loadings)),
    quartimax=list(L=mat(run(quartimax)$loadings)),
    varimax_raw=list(L=mat(varimax(A, normalize=FALSE, eps=1e-15)$loadings)), varimax=list(L=mat(kaiser$loadings)),
    promax=list(L=mat(promax(scaled$loadings, m=4)$loadings * h)), promax_stats=list(L=mat(promax(kaiser$loadings, m=4)$loadings)),
    factanal=list(L=mat(f$loadings), uniquenesses=unname(signif(f$uniquenesses, 10))))
  out <- list(script="rotation.R", dataset=name, call="GPArotation::*(eps=1e-7), stats::varimax(eps=1e-15), stats::promax(m=4), stats::factanal(factr=1)",
    versions=list(R=as.character(getRversion()), GPArotation=as.character(packageVersion("GPArotation"))),
    notes="promax: of rows scaled to unit length, as psych; promax_stats: of Kaiser's varimax loadings, as factanal. geomin_orthogonal of nets_complete: the best of 20 random starts.", result=result)
  write(toJSON(out, digits=NA, auto_unbox=TRUE, matrix="rowmajor"), paste0(name, "__rotation.json"))
}
